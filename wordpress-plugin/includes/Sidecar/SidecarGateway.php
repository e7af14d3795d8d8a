<?php
/**
 * The way to the daemon.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sidecar;

use Platen\Client;
use Platen\Exception\DaemonUnavailable;
use Platen\Exception\PlatenException;
use Platen\Job\DaemonInfo;
use Platen\Job\JobId;
use Platen\Job\JobSnapshot;
use Platen\Job\RateDecision;
use Platen\Job\Receipt;
use Platen\Job\ResultPage;
use Platen\Job\Trace;
use Platen\Options;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Trace\Timings;

/**
 * Speaks with the daemon for this site; the only file that knows {@see Client}.
 *
 * It remembers that the daemon is away, so that one PHP request waits for at most one deadline, however often it asks.
 *
 * @since 0.1.0
 */
final class SidecarGateway {

	/** Refusals that say "not now" rather than "never". */
	private const TRANSIENT = array( 'draining', 'store_unavailable', 'internal', 'peer_not_allowed', 'busy' );

	/**
	 * Made when first used, from the settings of that moment.
	 *
	 * @var Client|null
	 */
	private ?Client $client = null;

	/**
	 * Why the daemon is away; null while it answers.
	 *
	 * @var string|null
	 */
	private ?string $away = null;

	/**
	 * Takes what says where the daemon is.
	 *
	 * @param SettingsRepository $settings The settings.
	 * @param Timings            $timings  Where the waiting is noted.
	 */
	public function __construct( private readonly SettingsRepository $settings, private readonly Timings $timings ) {
	}

	/**
	 * Asks whether the daemon lives, patiently and whatever happened before: somebody wants to know for certain.
	 *
	 * @param int $deadline_ms How long to wait, in milliseconds.
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	public function ping( int $deadline_ms ): DaemonInfo {
		$this->away = null;

		return $this->ask( 'ping', fn (): DaemonInfo => ( new Client( $this->options()->withDeadline( $deadline_ms ) ) )->ping() );
	}

	/**
	 * Hands a job over. When this returns, the job is durable.
	 *
	 * @param array<string, mixed> $spec The job as docs/protocol.md has it.
	 * @throws DaemonAway|DaemonRefused When it is not.
	 */
	public function submit( array $spec ): Receipt {
		return $this->ask( 'handoff', static fn ( Client $client ): Receipt => $client->submit( $spec ) );
	}

	/**
	 * Hands several jobs over at once. Those with a receipt are durable when this returns.
	 *
	 * @param non-empty-list<array<string, mixed>> $specs At most 256 jobs, together less than a frame.
	 * @return list<Receipt|DaemonAway|DaemonRefused> What became of each, in their order. The exceptions are not thrown.
	 * @throws DaemonAway|DaemonRefused When nothing became of any.
	 */
	public function submit_many( array $specs ): array {
		$answers = $this->ask( 'handoff', static fn ( Client $client ): array => $client->submitMany( $specs ) );

		return array_map(
			static fn ( Receipt|PlatenException $answer ): Receipt|DaemonAway|DaemonRefused => $answer instanceof Receipt
				? $answer
				: self::sorted( $answer ),
			$answers
		);
	}

	/**
	 * Asks where a job stands.
	 *
	 * @param JobId $id The job.
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	public function status( JobId $id ): JobSnapshot {
		return $this->ask( 'status', static fn ( Client $client ): JobSnapshot => $client->status( $id ) );
	}

	/**
	 * Cancels a job.
	 *
	 * @param JobId $id The job.
	 * @throws DaemonAway|DaemonRefused When it was not done.
	 */
	public function cancel( JobId $id ): JobSnapshot {
		return $this->ask( 'cancel', static fn ( Client $client ): JobSnapshot => $client->cancel( $id ) );
	}

	/**
	 * Starts a dead job again.
	 *
	 * @param JobId $id The job.
	 * @throws DaemonAway|DaemonRefused When it was not done.
	 */
	public function retry( JobId $id ): JobSnapshot {
		return $this->ask( 'retry', static fn ( Client $client ): JobSnapshot => $client->retry( $id ) );
	}

	/**
	 * Reads an answer that was too long for a webhook.
	 *
	 * @param JobId $id The job.
	 * @return array{text: string, finish_reason: string, model: string, provider: string}
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	public function answer( JobId $id ): array {
		return $this->ask( 'answer', static fn ( Client $client ): array => $client->answer( $id ) );
	}

	/**
	 * Asks for results that no webhook has brought, and acknowledges earlier ones.
	 *
	 * @param int $since   The cursor of the last page that was dealt with.
	 * @param int $limit   How many at most; 0 only acknowledges and tells how the webhooks stand.
	 * @param int $wait_ms How long to wait for one.
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	public function results( int $since, int $limit, int $wait_ms = 0 ): ResultPage {
		return $this->ask( 'results', static fn ( Client $client ): ResultPage => $client->results( $since, $limit, $wait_ms ) );
	}

	/**
	 * Asks what happened to a job.
	 *
	 * @param JobId $id The job.
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	public function trace( JobId $id ): Trace {
		return $this->ask( 'trace', static fn ( Client $client ): Trace => $client->trace( $id ) );
	}

	/**
	 * Takes one request out of a limit, atomically for all of PHP's processes.
	 *
	 * @param string $key      What is limited.
	 * @param int    $limit    How many requests the window allows.
	 * @param int    $window_s The window, in seconds.
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	public function take( string $key, int $limit, int $window_s ): RateDecision {
		return $this->ask(
			'ratelimit',
			static fn ( Client $client ): RateDecision => $client->rateLimit( $key, $limit, $window_s * 1000 )
		);
	}

	/**
	 * Asks the daemon, and sorts its failures into "later" and "never".
	 *
	 * @template T
	 * @param string              $name     What the waiting is called in `Server-Timing`.
	 * @param callable(Client): T $question The call.
	 * @return T
	 * @throws DaemonAway|DaemonRefused When there is no answer.
	 */
	private function ask( string $name, callable $question ): mixed {
		if ( null !== $this->away ) {
			throw new DaemonAway( $this->away );
		}

		try {
			return $this->timings->measure( $name, fn () => $question( $this->client() ) );
		} catch ( DaemonUnavailable $cause ) {
			$this->away = $cause->errorCode;
			throw new DaemonAway( $cause->errorCode, $cause );
		} catch ( PlatenException $cause ) {
			throw self::sorted( $cause );
		}
	}

	/**
	 * Tells "not now" from "never".
	 *
	 * @param PlatenException $cause What the daemon said.
	 */
	private static function sorted( PlatenException $cause ): DaemonAway|DaemonRefused {
		return in_array( $cause->errorCode, self::TRANSIENT, true )
			? new DaemonAway( $cause->errorCode, $cause )
			: new DaemonRefused( $cause->errorCode, $cause->getMessage(), $cause );
	}

	/**
	 * Makes the client when it is first needed.
	 *
	 * @throws PlatenException If the site id is missing or malformed.
	 */
	private function client(): Client {
		return $this->client ??= new Client( $this->options() );
	}

	/**
	 * Gives where the daemon is and how long it may take.
	 *
	 * @throws PlatenException If the site id is missing or malformed.
	 */
	private function options(): Options {
		$settings = $this->settings->get();

		return new Options(
			$settings->site_id,
			'' === $settings->socket ? null : $settings->socket,
			$settings->deadline_ms
		);
	}
}
