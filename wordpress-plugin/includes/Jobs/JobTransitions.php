<?php
/**
 * Changing jobs.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;

/**
 * Every change of a job's row. Each is one atomic UPDATE that states what must hold before, and each method tells
 * whether it changed the row, so that two requests can never both do the same step.
 *
 * @since 0.1.0
 */
final class JobTransitions {

	/**
	 * Takes the database.
	 *
	 * @param Connection $db     The connection.
	 * @param Schema     $schema The tables' names.
	 */
	public function __construct( private readonly Connection $db, private readonly Schema $schema ) {
	}

	/**
	 * Takes a waiting job for one hand-off; others leave it alone until the lease is over.
	 *
	 * @param Job                $job         As it was read.
	 * @param \DateTimeImmutable $lease_until When somebody else may try.
	 * @throws StorageFailed If the database refuses.
	 */
	public function claim_handoff( Job $job, \DateTimeImmutable $lease_until ): bool {
		return null !== $job->next_handoff_at && $this->update(
			'next_handoff_at = %d',
			array( Micros::from( $lease_until ) ),
			"id = %s AND status = 'queued' AND next_handoff_at = %d",
			array( $job->id->value, Micros::from( $job->next_handoff_at ) )
		);
	}

	/**
	 * Notes that the daemon has the job. The status is left alone: the webhook may have been faster.
	 *
	 * @param JobId              $id  The job.
	 * @param \DateTimeImmutable $now The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function handed_off( JobId $id, \DateTimeImmutable $now ): bool {
		return $this->update(
			'handed_off_at = %d, next_handoff_at = NULL',
			array( Micros::from( $now ) ),
			'id = %s',
			array( $id->value )
		);
	}

	/**
	 * Notes that a hand-off failed and when to try again.
	 *
	 * @param JobId              $id   The job.
	 * @param \DateTimeImmutable $next When to try again.
	 * @throws StorageFailed If the database refuses.
	 */
	public function handoff_failed( JobId $id, \DateTimeImmutable $next ): bool {
		return $this->update(
			'handoff_attempts = handoff_attempts + 1, next_handoff_at = %d',
			array( Micros::from( $next ) ),
			"id = %s AND status = 'queued'",
			array( $id->value )
		);
	}

	/**
	 * Puts a job back into the outbox because the daemon does not know it.
	 *
	 * @param JobId              $id  The job.
	 * @param \DateTimeImmutable $now The present: it is due at once.
	 * @throws StorageFailed If the database refuses.
	 */
	public function forgotten( JobId $id, \DateTimeImmutable $now ): bool {
		return $this->update(
			"status = 'queued', handed_off_at = NULL, next_handoff_at = %d, updated_at = %d",
			array( Micros::from( $now ), Micros::from( $now ) ),
			"id = %s AND status IN ('queued', 'running') AND next_handoff_at IS NULL",
			array( $id->value )
		);
	}

	/**
	 * Follows a job that has not ended.
	 *
	 * @param JobId              $id      The job.
	 * @param JobStatus          $status  Queued or running.
	 * @param int                $attempt Attempts begun.
	 * @param \DateTimeImmutable $now     The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function progressed( JobId $id, JobStatus $status, int $attempt, \DateTimeImmutable $now ): bool {
		return $this->update(
			'status = %s, attempt = %d, updated_at = %d',
			array( $status->value, $attempt, Micros::from( $now ) ),
			"id = %s AND status IN ('queued', 'running') AND attempt <= %d AND (status <> %s OR attempt < %d)",
			array( $id->value, $attempt, $status->value, $attempt )
		);
	}

	/**
	 * Notes that the daemon was asked about the job.
	 *
	 * @param JobId              $id  The job.
	 * @param \DateTimeImmutable $now The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function asked( JobId $id, \DateTimeImmutable $now ): bool {
		return $this->update( 'reconciled_at = %d', array( Micros::from( $now ) ), 'id = %s', array( $id->value ) );
	}

	/**
	 * Writes an end, exactly once.
	 *
	 * A job that runs for the first time takes any end. One that died before takes only the end of a later attempt,
	 * so that a repeated word about its first death cannot undo a retry; a cancelled retry may not have begun one.
	 *
	 * @param JobEnd             $end The end, with its answer sanitised.
	 * @param \DateTimeImmutable $now The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function finish( JobEnd $end, \DateTimeImmutable $now ): bool {
		$values      = JobRow::of_end( $end );
		$assignments = array_map(
			static fn ( string $column, string|int|null $value ): string => $column . ' = ' . ( is_int( $value ) ? '%d' : '%s' ),
			array_keys( $values ),
			$values
		);
		$is_cancel   = JobStatus::Cancelled === $end->status ? 1 : 0;

		return $this->update(
			'status = %s, updated_at = %d, finished_at = %d, next_handoff_at = NULL, ' . implode( ', ', $assignments ),
			array( $end->status->value, Micros::from( $now ), Micros::from( $now ), ...array_values( $values ) ),
			"id = %s AND (
				(status IN ('queued', 'running') AND (ended_attempt IS NULL OR ended_attempt < %d OR 1 = %d))
				OR (status = 'dead' AND ended_attempt < %d)
			)",
			array( $end->id->value, $end->attempt, $is_cancel, $end->attempt )
		);
	}

	/**
	 * Ends a waiting job that the daemon never took.
	 *
	 * @param JobId              $id    The job.
	 * @param JobFault           $fault Why.
	 * @param \DateTimeImmutable $now   The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function refused( JobId $id, JobFault $fault, \DateTimeImmutable $now ): bool {
		return $this->update(
			"status = 'dead', error_code = %s, error_message = %s, ended_attempt = COALESCE(ended_attempt, 0),
			next_handoff_at = NULL, finished_at = %d, updated_at = %d",
			array( $fault->code, $fault->message, Micros::from( $now ), Micros::from( $now ) ),
			"id = %s AND status = 'queued'",
			array( $id->value )
		);
	}

	/**
	 * Ends a waiting job that its owner no longer wants.
	 *
	 * @param JobId              $id  The job.
	 * @param \DateTimeImmutable $now The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function withdrawn( JobId $id, \DateTimeImmutable $now ): bool {
		return $this->update(
			"status = 'cancelled', next_handoff_at = NULL, finished_at = %d, updated_at = %d",
			array( Micros::from( $now ), Micros::from( $now ) ),
			"id = %s AND status IN ('queued', 'running')",
			array( $id->value )
		);
	}

	/**
	 * Notes when the webhook with the job's end came.
	 *
	 * @param JobId              $id  The job.
	 * @param \DateTimeImmutable $now The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function webhook_received( JobId $id, \DateTimeImmutable $now ): bool {
		return $this->update( 'webhook_at = %d', array( Micros::from( $now ) ), 'id = %s', array( $id->value ) );
	}

	/**
	 * Makes a dead job wait for the hand-off again. Its `ended_attempt` stays: see {@see self::finish()}.
	 *
	 * @param JobId              $id          The job.
	 * @param \DateTimeImmutable $now         The present.
	 * @param \DateTimeImmutable $lease_until When the outbox may try, should this request die.
	 * @throws StorageFailed If the database refuses.
	 */
	public function retried( JobId $id, \DateTimeImmutable $now, \DateTimeImmutable $lease_until ): bool {
		return $this->update(
			"status = 'queued', updated_at = %d, finished_at = NULL, webhook_at = NULL, error_code = NULL, error_message = NULL,
			handed_off_at = NULL, handoff_attempts = 0, next_handoff_at = %d",
			array( Micros::from( $now ), Micros::from( $lease_until ) ),
			"id = %s AND status = 'dead'",
			array( $id->value )
		);
	}

	/**
	 * Runs one UPDATE and tells whether it changed the row.
	 *
	 * @param string                      $assignments What follows SET.
	 * @param list<string|int|float|null> $values      Its arguments.
	 * @param string                      $condition   What follows WHERE.
	 * @param list<string|int|float|null> $args        Its arguments.
	 * @throws StorageFailed If the database refuses.
	 */
	private function update( string $assignments, array $values, string $condition, array $args ): bool {
		return 0 < $this->db->execute(
			"UPDATE %i SET {$assignments} WHERE {$condition}",
			array( $this->schema->jobs(), ...$values, ...$args )
		);
	}
}
