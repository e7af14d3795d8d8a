<?php
/**
 * What callers do with jobs.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobId;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sessions\Owner;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Shows, cancels and retries jobs, for REST, WP-CLI and wp-admin alike.
 *
 * @since 0.1.0
 */
final class JobService {

	/**
	 * Takes the parts.
	 *
	 * @param JobRepository  $jobs        The jobs.
	 * @param JobTransitions $transitions Their changes.
	 * @param Reconciler     $reconciler  Brings rows up to date.
	 * @param HandOff        $handoff     Hands jobs over.
	 * @param SidecarGateway $daemon      The daemon.
	 * @param Clock          $clock       The present.
	 */
	public function __construct(
		private readonly JobRepository $jobs,
		private readonly JobTransitions $transitions,
		private readonly Reconciler $reconciler,
		private readonly HandOff $handoff,
		private readonly SidecarGateway $daemon,
		private readonly Clock $clock
	) {
	}

	/**
	 * Gives a job to its owner. To anyone else it does not exist.
	 *
	 * @param JobId $id    The job.
	 * @param Owner $owner Who asks.
	 * @throws Failure If there is no such job of this owner.
	 * @throws StorageFailed If the database refuses.
	 */
	public function of_owner( JobId $id, Owner $owner ): Job {
		$job = $this->jobs->find( $id );

		return null !== $job && $job->owner->equals( $owner ) ? $job : throw Failure::job_not_found();
	}

	/**
	 * Gives a job to somebody who manages the site.
	 *
	 * @param JobId $id The job.
	 * @throws Failure If there is no such job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function of_site( JobId $id ): Job {
		return $this->jobs->find( $id ) ?? throw Failure::job_not_found();
	}

	/**
	 * Gives a job as it stands now.
	 *
	 * @param Job $job The job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function refresh( Job $job ): Job {
		return $this->reconciler->refresh( $job );
	}

	/**
	 * Cancels a job. One that has ended stays as it ended.
	 *
	 * @param Job $job The job.
	 * @throws Failure If the daemon has it and does not answer.
	 * @throws StorageFailed If the database refuses.
	 */
	public function cancel( Job $job ): Job {
		if ( $job->status->isFinal() ) {
			return $job;
		}

		try {
			$this->reconciler->take_over( $this->daemon->cancel( $job->id ) );
		} catch ( DaemonAway ) {
			if ( $job->is_handed_off() ) {
				throw Failure::daemon_unavailable();
			}
			$this->transitions->withdrawn( $job->id, $this->clock->now() );
		} catch ( DaemonRefused $refusal ) {
			if ( 'job_not_found' === $refusal->error_code ) {
				$this->transitions->withdrawn( $job->id, $this->clock->now() );
			}
		}

		return $this->reconciler->refresh( $this->of_site( $job->id ) );
	}

	/**
	 * Starts a dead job again; when the daemon is away, as soon as it returns.
	 *
	 * @param Job $job The job.
	 * @throws Failure If it is not dead.
	 * @throws StorageFailed If the database refuses.
	 */
	public function retry( Job $job ): Job {
		$now         = $this->clock->now();
		$lease_until = $now->modify( '+' . HandOff::LEASE_S . ' seconds' );
		if ( ! $job->is_retryable() || ! $this->transitions->retried( $job->id, $now, $lease_until ) ) {
			throw Failure::not_dead();
		}
		$this->handoff->send( $this->of_site( $job->id ) );

		return $this->of_site( $job->id );
	}
}
