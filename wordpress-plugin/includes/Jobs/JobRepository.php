<?php
/**
 * Finding jobs.
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
 * Reads the table of jobs and adds to it; {@see JobTransitions} changes its rows.
 *
 * @since 0.1.0
 */
final class JobRepository {

	/**
	 * Takes the database.
	 *
	 * @param Connection $db     The connection.
	 * @param Schema     $schema The tables' names.
	 */
	public function __construct( private readonly Connection $db, private readonly Schema $schema ) {
	}

	/**
	 * Adds a job unless its id or idempotency key is taken, and tells whether it did.
	 *
	 * @param Job $job A job that was never handed over.
	 * @throws StorageFailed If the database refuses.
	 */
	public function add( Job $job ): bool {
		return $this->db->insert_new( $this->schema->jobs(), JobRow::of_new( $job ) );
	}

	/**
	 * Gives a job.
	 *
	 * @param JobId $id The job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function find( JobId $id ): ?Job {
		return $this->one( 'id = %s', array( $id->value ) );
	}

	/**
	 * Gives the job that an idempotency key made.
	 *
	 * @param string $key The key as stored.
	 * @throws StorageFailed If the database refuses.
	 */
	public function find_by_idempotency_key( string $key ): ?Job {
		return $this->one( 'idempotency_key = %s', array( $key ) );
	}

	/**
	 * Gives one page of the jobs, newest first.
	 *
	 * @param JobStatus|null $status   Only these; null for all.
	 * @param int            $page     From 1.
	 * @param int            $per_page From 1.
	 * @throws StorageFailed If the database refuses.
	 */
	public function page( ?JobStatus $status, int $page, int $per_page ): JobPage {
		$condition = null === $status ? '1 = 1' : 'status = %s';
		$args      = null === $status ? array() : array( $status->value );
		$offset    = ( max( 1, $page ) - 1 ) * $per_page;

		$jobs  = $this->many( "{$condition} ORDER BY created_at DESC, id DESC LIMIT %d OFFSET %d", array( ...$args, $per_page, $offset ) );
		$total = $this->db->row( "SELECT COUNT(*) AS total FROM %i WHERE {$condition}", array( $this->schema->jobs(), ...$args ) );

		return new JobPage( $jobs, (int) ( $total['total'] ?? 0 ) );
	}

	/**
	 * Counts the jobs of every status.
	 *
	 * @return array<string, int> By status word; every word is there.
	 * @throws StorageFailed If the database refuses.
	 */
	public function counts(): array {
		$rows   = $this->db->rows( 'SELECT status, COUNT(*) AS jobs FROM %i GROUP BY status', array( $this->schema->jobs() ) );
		$counts = array_fill_keys( JobStatus::words(), 0 );
		foreach ( $rows as $row ) {
			$counts[ (string) $row['status'] ] = (int) $row['jobs'];
		}

		return $counts;
	}

	/**
	 * Gives jobs that wait in the outbox and are due, the longest due first.
	 *
	 * @param \DateTimeImmutable $now   The present.
	 * @param int                $limit How many at most.
	 * @return list<Job>
	 * @throws StorageFailed If the database refuses.
	 */
	public function due_for_handoff( \DateTimeImmutable $now, int $limit ): array {
		return $this->many(
			"status = 'queued' AND next_handoff_at <= %d ORDER BY next_handoff_at LIMIT %d",
			array( Micros::from( $now ), $limit )
		);
	}

	/**
	 * Gives jobs that wait in the outbox, due or not, oldest first.
	 *
	 * @param int $limit How many at most.
	 * @return list<Job>
	 * @throws StorageFailed If the database refuses.
	 */
	public function waiting_for_handoff( int $limit ): array {
		return $this->many( "status = 'queued' AND next_handoff_at IS NOT NULL ORDER BY created_at LIMIT %d", array( $limit ) );
	}

	/**
	 * Gives jobs the daemon has had for long without an end, the longest unasked first.
	 *
	 * @param \DateTimeImmutable $before Changed, and asked about, before this.
	 * @param int                $limit  How many at most.
	 * @return list<Job>
	 * @throws StorageFailed If the database refuses.
	 */
	public function stuck( \DateTimeImmutable $before, int $limit ): array {
		return $this->many(
			"status IN ('queued', 'running') AND next_handoff_at IS NULL AND updated_at < %d
			AND COALESCE(reconciled_at, 0) < %d ORDER BY COALESCE(reconciled_at, 0), updated_at LIMIT %d",
			array( Micros::from( $before ), Micros::from( $before ), $limit )
		);
	}

	/**
	 * Gives the first job that matches.
	 *
	 * @param string                      $condition What follows WHERE.
	 * @param list<string|int|float|null> $args      Its arguments.
	 * @throws StorageFailed If the database refuses.
	 */
	private function one( string $condition, array $args ): ?Job {
		return $this->many( $condition . ' LIMIT 1', $args )[0] ?? null;
	}

	/**
	 * Gives the jobs that match.
	 *
	 * @param string                      $condition What follows WHERE.
	 * @param list<string|int|float|null> $args      Its arguments.
	 * @return list<Job>
	 * @throws StorageFailed If the database refuses.
	 */
	private function many( string $condition, array $args ): array {
		$columns = JobRow::COLUMNS;

		return array_map(
			JobRow::to_job( ... ),
			$this->db->rows( "SELECT {$columns} FROM %i WHERE {$condition}", array( $this->schema->jobs(), ...$args ) )
		);
	}
}
