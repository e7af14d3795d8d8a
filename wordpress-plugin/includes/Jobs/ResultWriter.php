<?php
/**
 * Writing results.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobId;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Conversations\MessageRepository;
use Platen\WordPress\Conversations\Role;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\StorageFailed;

/**
 * Writes the end of a job exactly once, whoever brings it first: the webhook, a poll or the sweep.
 *
 * @since 0.1.0
 */
final class ResultWriter {

	/**
	 * Takes the parts.
	 *
	 * @param Connection        $db          The connection.
	 * @param JobRepository     $jobs        The jobs.
	 * @param JobTransitions    $transitions Their changes.
	 * @param MessageRepository $messages    The turns of conversations.
	 * @param AnswerSanitizer   $sanitizer   Makes answers safe to keep.
	 * @param Clock             $clock       The present.
	 */
	public function __construct(
		private readonly Connection $db,
		private readonly JobRepository $jobs,
		private readonly JobTransitions $transitions,
		private readonly MessageRepository $messages,
		private readonly AnswerSanitizer $sanitizer,
		private readonly Clock $clock
	) {
	}

	/**
	 * Writes an end and tells the site about it. Returns whether it was new.
	 *
	 * @param JobEnd $end The end.
	 * @throws StorageFailed If the database refuses; nothing is changed then.
	 */
	public function apply( JobEnd $end ): bool {
		$is_new = $this->write( $end );
		if ( $is_new ) {
			$this->announce( $end->id );
		}

		return $is_new;
	}

	/**
	 * Writes an end without telling anybody, for callers within a transaction of their own.
	 *
	 * @param JobEnd $end The end.
	 * @throws StorageFailed If the database refuses; nothing is changed then.
	 */
	public function write( JobEnd $end ): bool {
		$answer = $end->answer?->with_text( $this->sanitizer->sanitize( $end->answer->text ) );
		$clean  = new JobEnd( $end->id, $end->status, $answer, $end->usage, $end->fault, $end->attempt );
		$now    = $this->clock->now();

		return $this->db->transaction(
			function () use ( $clean, $now ): bool {
				if ( ! $this->transitions->finish( $clean, $now ) ) {
					return false;
				}
				$job = $this->jobs->find( $clean->id );
				if ( null !== $job && null !== $clean->answer ) {
					$this->messages->add( $job->conversation_id, $job->id, Role::Assistant, $clean->answer->text, $now );
				}

				return true;
			}
		);
	}

	/**
	 * Ends a job that never came to the daemon.
	 *
	 * @param Job      $job   The job.
	 * @param JobFault $fault Why.
	 * @throws StorageFailed If the database refuses.
	 */
	public function refuse( Job $job, JobFault $fault ): void {
		if ( $this->transitions->refused( $job->id, $fault, $this->clock->now() ) ) {
			$this->announce( $job->id );
		}
	}

	/**
	 * Tells the site that a job has ended.
	 *
	 * @param JobId $id The job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function announce( JobId $id ): void {
		$job = $this->jobs->find( $id );
		if ( null === $job ) {
			return;
		}

		/**
		 * Fires once for every end of a job, after it was stored. A retried job ends again.
		 *
		 * @since 0.1.0
		 *
		 * @param Job $job The job with its answer, usage or fault.
		 */
		do_action( 'platen_job_finished', $job );
	}
}
