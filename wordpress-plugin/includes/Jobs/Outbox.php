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
 * Hands waiting jobs over, as many at once as fit a frame. Each is claimed by one atomic UPDATE first, so any number of
 * flushers may run at once.
 *
 * @since 0.1.0
 */
final class Outbox {

	/** The most jobs of one frame (docs/protocol.md). */
	private const MAX_BATCH_JOBS = 256;

	/** The most bytes of all jobs of a frame, whose own limit is a mebibyte: their JSON may be written a little longer. */
	private const MAX_BATCH_BYTES = 786_432;

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

		return $is_due && $this->claim( $job ) ? $this->handoff->send( $job ) : HandOffOutcome::Skipped;
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
		$left    = count( $jobs );
		foreach ( self::batches( $jobs ) as $batch ) {
			$claimed  = array_values( array_filter( $batch, $this->claim( ... ) ) );
			$outcomes = array() === $claimed ? array() : $this->handoff->send_all( $claimed );
			$count    = static fn ( HandOffOutcome $which ): int => count( array_keys( $outcomes, $which, true ) );
			$sent    += $count( HandOffOutcome::Sent );
			$refused += $count( HandOffOutcome::Refused );
			$left    -= count( $batch );
			if ( $count( HandOffOutcome::Waiting ) > 0 ) {
				return new FlushReport( $sent, $left + $count( HandOffOutcome::Waiting ), $refused );
			}
		}

		return new FlushReport( $sent, 0, $refused );
	}

	/**
	 * Takes a job, unless another request took it meanwhile.
	 *
	 * @param Job $job The job as it was read.
	 * @throws StorageFailed If the database refuses.
	 */
	private function claim( Job $job ): bool {
		return $this->transitions->claim_handoff( $job, $this->clock->now()->modify( '+' . HandOff::LEASE_S . ' seconds' ) );
	}

	/**
	 * Puts together what fits a frame.
	 *
	 * @param list<Job> $jobs The jobs.
	 * @return list<non-empty-list<Job>> The same jobs in the same order.
	 */
	private static function batches( array $jobs ): array {
		$batches = array();
		$bytes   = 0;
		foreach ( $jobs as $job ) {
			$last   = array_key_last( $batches );
			$bytes += strlen( $job->spec );
			if ( null === $last || self::MAX_BATCH_JOBS === count( $batches[ $last ] ) || $bytes > self::MAX_BATCH_BYTES ) {
				$batches[] = array( $job );
				$bytes     = strlen( $job->spec );
			} else {
				$batches[ $last ][] = $job;
			}
		}

		return $batches;
	}
}
