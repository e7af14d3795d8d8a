<?php
/**
 * Bringing rows up to date.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobSnapshot;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Asks the daemon about jobs whose webhook has not come, and gives it those it does not have.
 *
 * @since 0.1.0
 */
final class Reconciler {

	/** A job without an end after this many seconds is asked about by the sweep. */
	private const STUCK_AFTER_S = 60;

	/**
	 * Takes the parts.
	 *
	 * @param SidecarGateway $daemon      The daemon.
	 * @param JobRepository  $jobs        The jobs.
	 * @param JobTransitions $transitions Their changes.
	 * @param ResultWriter   $results     Writes ends.
	 * @param Outbox         $outbox      Hands waiting jobs over.
	 * @param Clock          $clock       The present.
	 */
	public function __construct(
		private readonly SidecarGateway $daemon,
		private readonly JobRepository $jobs,
		private readonly JobTransitions $transitions,
		private readonly ResultWriter $results,
		private readonly Outbox $outbox,
		private readonly Clock $clock
	) {
	}

	/**
	 * Gives a job as it stands now. Waits for the daemon at most one deadline; without it the row is the answer.
	 *
	 * @param Job $job The job as it was read.
	 * @throws StorageFailed If the database refuses.
	 */
	public function refresh( Job $job ): Job {
		if ( $job->status->isFinal() ) {
			return $job;
		}
		$is_changed = $job->is_handed_off()
			? $this->ask( $job )
			: HandOffOutcome::Skipped !== $this->outbox->send_if_due( $job );

		return $is_changed ? $this->jobs->find( $job->id ) ?? $job : $job;
	}

	/**
	 * Asks about the jobs that take long.
	 *
	 * @param int $limit How many at most.
	 * @throws StorageFailed If the database refuses.
	 */
	public function sweep( int $limit ): void {
		$now    = $this->clock->now();
		$before = $now->modify( '-' . self::STUCK_AFTER_S . ' seconds' );
		foreach ( $this->jobs->stuck( $before, $limit ) as $job ) {
			$this->transitions->asked( $job->id, $now );
			$this->refresh( $job );
		}
	}

	/**
	 * Writes what the daemon knows about a job.
	 *
	 * @param JobSnapshot $snapshot What it told.
	 * @throws DaemonAway If that is not of its documented form.
	 * @throws StorageFailed If the database refuses.
	 */
	public function take_over( JobSnapshot $snapshot ): bool {
		$end = JobEnd::from_snapshot( $snapshot );

		return null === $end
			? $this->transitions->progressed( $snapshot->id, $snapshot->status, $snapshot->attempt, $this->clock->now() )
			: $this->results->apply( $end );
	}

	/**
	 * Asks the daemon about a job it acknowledged, and tells whether the row changed.
	 *
	 * @param Job $job The job.
	 * @throws StorageFailed If the database refuses.
	 */
	private function ask( Job $job ): bool {
		try {
			return $this->take_over( $this->daemon->status( $job->id ) );
		} catch ( DaemonAway ) {
			return false;
		} catch ( DaemonRefused $refusal ) {
			return 'job_not_found' === $refusal->error_code && $this->hand_over_again( $job );
		}
	}

	/**
	 * Gives the daemon a job that it lost, for example because its store was restored from a backup.
	 *
	 * @param Job $job The job.
	 * @throws StorageFailed If the database refuses.
	 */
	private function hand_over_again( Job $job ): bool {
		$this->transitions->forgotten( $job->id, $this->clock->now() );
		$waiting = $this->jobs->find( $job->id );
		if ( null !== $waiting ) {
			$this->outbox->send_if_due( $waiting );
		}

		return true;
	}
}
