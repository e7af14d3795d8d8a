<?php
/**
 * Giving jobs to the daemon.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobStatus;
use Platen\Job\Receipt;
use Platen\WordPress\AfterAnswer;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Hands jobs over and notes what came of each.
 *
 * Handing over twice is harmless: the daemon knows the job by its id and its idempotency key.
 *
 * @since 0.1.0
 */
final class HandOff {

	/** How long one request may keep a job to itself, in seconds; far more than a deadline, so that two rarely meet. */
	public const LEASE_S = 10;

	/** The longest pause between two tries, in seconds: a daemon that returns is noticed within it. */
	private const MAX_PAUSE_S = 30;

	/** A job that waited this long is given up, in seconds. Nobody waits for an answer of yesterday. */
	private const GIVE_UP_S = DAY_IN_SECONDS;

	/**
	 * Takes the parts.
	 *
	 * @param SidecarGateway $daemon      The daemon.
	 * @param JobTransitions $transitions The changes of jobs.
	 * @param ResultWriter   $results     Writes ends.
	 * @param AfterAnswer    $after       Does what nobody waits for.
	 * @param Clock          $clock       The present.
	 */
	public function __construct(
		private readonly SidecarGateway $daemon,
		private readonly JobTransitions $transitions,
		private readonly ResultWriter $results,
		private readonly AfterAnswer $after,
		private readonly Clock $clock
	) {
	}

	/**
	 * Hands a job over that this request has claimed.
	 *
	 * @param Job $job The job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function send( Job $job ): HandOffOutcome {
		return $this->conclude( $job, fn (): Receipt => $this->daemon->submit( $job->spec() ) );
	}

	/**
	 * Hands jobs over that this request has claimed: in one frame, and to the daemon in one transaction.
	 *
	 * @param non-empty-list<Job> $jobs As many as fit a frame.
	 * @return list<HandOffOutcome> What came of each, in their order.
	 * @throws StorageFailed If the database refuses.
	 */
	public function send_all( array $jobs ): array {
		try {
			$answers = $this->daemon->submit_many( array_map( static fn ( Job $job ): array => $job->spec(), $jobs ) );
		} catch ( DaemonAway $away ) {
			return array_map( fn ( Job $job ): HandOffOutcome => $this->wait( $job, $away ), $jobs );
		} catch ( DaemonRefused ) {
			// One of them may be why. Alone, each gets an answer of its own.
			return array_map( $this->send( ... ), $jobs );
		}

		return array_map(
			fn ( Job $job, Receipt|DaemonAway|DaemonRefused $answer ): HandOffOutcome => $this->conclude(
				$job,
				static fn (): Receipt => $answer instanceof Receipt ? $answer : throw $answer
			),
			$jobs,
			$answers
		);
	}

	/**
	 * Notes what the daemon said to a job.
	 *
	 * @param Job                 $job    The job.
	 * @param callable(): Receipt $answer What it said; throws what it has against it.
	 * @throws StorageFailed If the database refuses.
	 */
	private function conclude( Job $job, callable $answer ): HandOffOutcome {
		try {
			$receipt = $answer();
			if ( $receipt->jobId->value !== $job->id->value ) {
				throw new DaemonRefused( 'idempotency_conflict', 'the daemon has another job with this idempotency key' );
			}
			if ( $receipt->status->isFinal() ) {
				$this->meet_ended( $job );
			}
		} catch ( DaemonAway $away ) {
			return $this->wait( $job, $away );
		} catch ( DaemonRefused $refusal ) {
			$this->results->refuse( $job, new JobFault( $refusal->error_code, $refusal->getMessage() ) );

			return HandOffOutcome::Refused;
		}

		// Without this note the job is handed over again, which is harmless.
		$now = $this->clock->now();
		$this->after->run( fn () => $this->transitions->handed_off( $job->id, $now ) );

		return HandOffOutcome::Sent;
	}

	/**
	 * Handles a job that the daemon already ended: it is started again if this is a retry, else its end is taken over.
	 *
	 * @param Job $job The job.
	 * @throws DaemonAway|DaemonRefused When the daemon does not answer.
	 * @throws StorageFailed If the database refuses.
	 */
	private function meet_ended( Job $job ): void {
		$end = JobEnd::from_snapshot( $this->daemon->status( $job->id ) );
		if ( null === $end ) {
			return;
		}
		// The daemon still tells the death that WordPress knows; a later one would have a higher attempt.
		$is_known_death = JobStatus::Dead === $end->status && $job->is_retried() && $end->attempt <= $job->ended_attempt;
		if ( $is_known_death ) {
			$this->daemon->retry( $job->id );
		} else {
			$this->results->apply( $end );
		}
	}

	/**
	 * Leaves the job in the outbox, with a pause that doubles from one second.
	 *
	 * @param Job        $job  The job.
	 * @param DaemonAway $away Why.
	 * @throws StorageFailed If the database refuses.
	 */
	private function wait( Job $job, DaemonAway $away ): HandOffOutcome {
		$now = $this->clock->now();
		if ( $now->getTimestamp() - $job->updated_at->getTimestamp() > self::GIVE_UP_S ) {
			$this->results->refuse( $job, new JobFault( $away->error_code, 'the daemon did not take the job for a day' ) );

			return HandOffOutcome::Refused;
		}
		// Without this note the outbox takes the job when the lease is over.
		$pause_s = min( self::MAX_PAUSE_S, 2 ** min( $job->handoff_attempts, 10 ) );
		$next    = $now->modify( "+{$pause_s} seconds" );
		$this->after->run( fn () => $this->transitions->handoff_failed( $job->id, $next ) );

		return HandOffOutcome::Waiting;
	}
}
