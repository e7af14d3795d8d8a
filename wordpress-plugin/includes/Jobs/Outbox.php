<?php
/**
 * Jobs that wait for the daemon.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Database\StorageFailed;

/**
 * Hands waiting jobs over. Each is claimed by one atomic UPDATE first, so any number of flushers may run at once.
 *
 * @since 0.1.0
 */
final class Outbox {

	/**
	 * Takes the parts.
	 *
	 * @param JobRepository  $jobs        The jobs.
	 * @param JobTransitions $transitions Their changes.
	 * @param HandOff        $handoff     Hands one over.
	 * @param Clock          $clock       The present.
	 */
	public function __construct(
		private readonly JobRepository $jobs,
		private readonly JobTransitions $transitions,
		private readonly HandOff $handoff,
		private readonly Clock $clock
	) {
	}

	/**
	 * Hands the jobs over whose pause is over.
	 *
	 * @param int $limit How many at most.
	 * @throws StorageFailed If the database refuses.
	 */
	public function flush_due( int $limit ): FlushReport {
		return $this->send_all( $this->jobs->due_for_handoff( $this->clock->now(), $limit ) );
	}

	/**
	 * Hands all waiting jobs over, whatever their pause: a person asked for it.
	 *
	 * @param int $limit How many at most.
	 * @throws StorageFailed If the database refuses.
	 */
	public function flush_all( int $limit ): FlushReport {
		return $this->send_all( $this->jobs->waiting_for_handoff( $limit ) );
	}

	/**
	 * Hands one waiting job over if its pause is over and nobody else is at it.
	 *
	 * @param Job $job The job as it was read.
	 * @throws StorageFailed If the database refuses.
	 */
	public function send_if_due( Job $job ): HandOffOutcome {
		$is_due = null !== $job->next_handoff_at && $job->next_handoff_at <= $this->clock->now();

		return $is_due ? $this->claim_and_send( $job ) : HandOffOutcome::Skipped;
	}

	/**
	 * Hands jobs over until the daemon turns out to be away.
	 *
	 * @param list<Job> $jobs The jobs.
	 * @throws StorageFailed If the database refuses.
	 */
	private function send_all( array $jobs ): FlushReport {
		$sent    = 0;
		$refused = 0;
		foreach ( $jobs as $number => $job ) {
			$outcome  = $this->claim_and_send( $job );
			$sent    += HandOffOutcome::Sent === $outcome ? 1 : 0;
			$refused += HandOffOutcome::Refused === $outcome ? 1 : 0;
			if ( HandOffOutcome::Waiting === $outcome ) {
				return new FlushReport( $sent, count( $jobs ) - $number, $refused );
			}
		}

		return new FlushReport( $sent, 0, $refused );
	}

	/**
	 * Hands a job over unless another request claimed it meanwhile.
	 *
	 * @param Job $job The job as it was read.
	 * @throws StorageFailed If the database refuses.
	 */
	private function claim_and_send( Job $job ): HandOffOutcome {
		$lease_until = $this->clock->now()->modify( '+' . HandOff::LEASE_S . ' seconds' );

		return $this->transitions->claim_handoff( $job, $lease_until ) ? $this->handoff->send( $job ) : HandOffOutcome::Skipped;
	}
}
