<?php
/**
 * The life of one request.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Trace;

use Platen\Job\Hop;
use Platen\Job\JobId;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Tells what happened to a job, in WordPress and in the daemon, in the order of time.
 *
 * @since 0.1.0
 */
final class TraceService {

	/**
	 * Takes the parts.
	 *
	 * @param JobRepository  $jobs   The jobs.
	 * @param SidecarGateway $daemon The daemon.
	 */
	public function __construct( private readonly JobRepository $jobs, private readonly SidecarGateway $daemon ) {
	}

	/**
	 * Gives the trace of a job. Without the daemon it has WordPress's hops only and says so.
	 *
	 * @param JobId $id The job.
	 * @throws Failure If there is no such job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function for_job( JobId $id ): JobTrace {
		$job  = $this->jobs->find( $id ) ?? throw Failure::job_not_found();
		$hops = self::hops_here( $job );
		$gap  = null;
		try {
			array_push( $hops, ...$this->daemon->trace( $id )->hops );
		} catch ( DaemonAway | DaemonRefused $cause ) {
			$gap = $cause->error_code;
		}
		usort( $hops, static fn ( Hop $one, Hop $other ): int => $one->at <=> $other->at );

		return new JobTrace( $id, $job->request_id, $hops, $gap );
	}

	/**
	 * Reads WordPress's hops out of the row's times.
	 *
	 * @param Job $job The job.
	 * @return list<Hop>
	 */
	private static function hops_here( Job $job ): array {
		$hops = array( new Hop( 'rest.accepted', $job->created_at, array( 'subject' => $job->owner->subject() ) ) );
		if ( null !== $job->next_handoff_at && $job->handoff_attempts > 0 ) {
			$hops[] = new Hop( 'handoff.waiting', $job->next_handoff_at, array( 'failed' => $job->handoff_attempts ) );
		}
		if ( null !== $job->handed_off_at ) {
			$hops[] = new Hop( 'handoff.sent', $job->handed_off_at, array( 'failed' => $job->handoff_attempts ) );
		}
		if ( null !== $job->webhook_at ) {
			$hops[] = new Hop( 'webhook.received', $job->webhook_at, array() );
		}
		if ( null !== $job->finished_at ) {
			$detail = array( 'status' => $job->status->value );
			$hops[] = new Hop( 'result.stored', $job->finished_at, null === $job->fault ? $detail : $detail + array( 'code' => $job->fault->code ) );
		}

		return $hops;
	}
}
