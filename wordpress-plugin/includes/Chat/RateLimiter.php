<?php
/**
 * How often somebody may ask.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Chat;

use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\JobStatistics;
use Platen\WordPress\Jobs\RecentJobs;
use Platen\WordPress\Sessions\Owner;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Takes rate-limit tokens from the daemon, which counts atomically for all of PHP's processes.
 *
 * While the daemon is away the rows of the window are counted instead. That is not atomic, so a burst may pass a
 * little over the limit; it is bounded by the number of PHP workers, and nothing runs until the daemon is back.
 *
 * @since 0.1.0
 */
final class RateLimiter {

	/** How many sessions one address may begin in a window: enough for a school, too few for a flood. */
	private const SESSIONS_PER_WINDOW = 60;

	/**
	 * Takes the parts.
	 *
	 * @param SidecarGateway     $daemon     The daemon.
	 * @param JobStatistics      $statistics Counts rows.
	 * @param SettingsRepository $settings   The limits.
	 * @param Clock              $clock      The present.
	 */
	public function __construct(
		private readonly SidecarGateway $daemon,
		private readonly JobStatistics $statistics,
		private readonly SettingsRepository $settings,
		private readonly Clock $clock
	) {
	}

	/**
	 * Takes a token for one question.
	 *
	 * A visitor without an account is counted by address first and by session second, so that a new session brings no
	 * new tokens.
	 *
	 * @param Owner       $owner       Who asks.
	 * @param string|null $client_hash The address's hash of an anonymous visitor.
	 * @throws Failure If the limit is reached.
	 * @throws StorageFailed If the database refuses.
	 */
	public function take_question( Owner $owner, ?string $client_hash ): void {
		$settings = $this->settings->get();
		$limit    = $owner->is_anonymous() ? $settings->anonymous_rate_limit : $settings->rate_limit;

		if ( null !== $client_hash ) {
			$this->take(
				'chat:client:' . $client_hash,
				$limit,
				fn ( \DateTimeImmutable $since ): RecentJobs => $this->statistics->of_client( $client_hash, $since )
			);
		}
		$this->take(
			'chat:' . $owner->subject(),
			$limit,
			fn ( \DateTimeImmutable $since ): RecentJobs => $this->statistics->of_owner( $owner, $since )
		);
	}

	/**
	 * Takes a token for a new session. A session costs nothing by itself, so without the daemon there is no limit.
	 *
	 * @param string $client_hash The address's hash.
	 * @throws Failure If the limit is reached.
	 */
	public function take_session( string $client_hash ): void {
		$this->take(
			'session:client:' . $client_hash,
			self::SESSIONS_PER_WINDOW,
			static fn (): RecentJobs => new RecentJobs( 0, null )
		);
	}

	/**
	 * Takes a token from the daemon, or looks at the rows.
	 *
	 * @param string                                   $key   What is limited.
	 * @param int                                      $limit How many the window allows.
	 * @param callable(\DateTimeImmutable): RecentJobs $count Counts the rows since a moment.
	 * @throws Failure If the limit is reached.
	 */
	private function take( string $key, int $limit, callable $count ): void {
		$window_s = $this->settings->get()->rate_window_s;
		try {
			$decision = $this->daemon->take( $key, $limit, $window_s );
			if ( ! $decision->isAllowed ) {
				throw Failure::rate_limited( $decision->retryAfterSeconds() );
			}
		} catch ( DaemonAway | DaemonRefused ) {
			$now    = $this->clock->now();
			$recent = $count( $now->modify( "-{$window_s} seconds" ) );
			if ( $recent->count >= $limit ) {
				$oldest_at = $recent->oldest_at ?? $now;
				throw Failure::rate_limited( $oldest_at->getTimestamp() + $window_s - $now->getTimestamp() );
			}
		}
	}
}
