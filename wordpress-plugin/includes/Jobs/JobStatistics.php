<?php
/**
 * Counting jobs.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sessions\Owner;

/**
 * Sums over the table of jobs: for `wp ai:stats`, and for the rate limit while the daemon is away.
 *
 * @since 0.1.0
 */
final class JobStatistics {

	/**
	 * Takes the database.
	 *
	 * @param Connection $db     The connection.
	 * @param Schema     $schema The tables' names.
	 */
	public function __construct( private readonly Connection $db, private readonly Schema $schema ) {
	}

	/**
	 * Sums up what each user has used, the most requests first.
	 *
	 * @param \DateTimeImmutable|null $since Only jobs written from then on; null for all.
	 * @return list<UserUsage>
	 * @throws StorageFailed If the database refuses.
	 */
	public function usage_by_user( ?\DateTimeImmutable $since = null ): array {
		$rows = $this->db->rows(
			'SELECT user_id, COUNT(*) AS requests, COALESCE(SUM(input_tokens), 0) AS input_tokens,
			COALESCE(SUM(output_tokens), 0) AS output_tokens, COALESCE(SUM(cost_microusd), 0) AS cost_microusd
			FROM %i WHERE created_at >= %d GROUP BY user_id ORDER BY requests DESC, user_id',
			array( $this->schema->jobs(), null === $since ? 0 : Micros::from( $since ) )
		);

		return array_map(
			static fn ( array $row ): UserUsage => new UserUsage(
				(int) $row['user_id'],
				(int) $row['requests'],
				(int) $row['input_tokens'],
				(int) $row['output_tokens'],
				(int) $row['cost_microusd']
			),
			$rows
		);
	}

	/**
	 * Counts an owner's jobs since a moment.
	 *
	 * @param Owner              $owner Whose.
	 * @param \DateTimeImmutable $since From then on.
	 * @throws StorageFailed If the database refuses.
	 */
	public function of_owner( Owner $owner, \DateTimeImmutable $since ): RecentJobs {
		return $owner->is_anonymous()
			? $this->recent( 'session_id', (string) $owner->session_id, $since )
			: $this->recent( 'user_id', $owner->user_id, $since );
	}

	/**
	 * Counts the jobs of the anonymous visitors behind one address since a moment.
	 *
	 * @param string             $client_hash The address's keyed hash.
	 * @param \DateTimeImmutable $since       From then on.
	 * @throws StorageFailed If the database refuses.
	 */
	public function of_client( string $client_hash, \DateTimeImmutable $since ): RecentJobs {
		return $this->recent( 'client_hash', $client_hash, $since );
	}

	/**
	 * Counts the jobs with one value in one column since a moment.
	 *
	 * @param string             $column The column.
	 * @param string|int         $value  Its value.
	 * @param \DateTimeImmutable $since  From then on.
	 * @throws StorageFailed If the database refuses.
	 */
	private function recent( string $column, string|int $value, \DateTimeImmutable $since ): RecentJobs {
		$row = $this->db->row(
			'SELECT COUNT(*) AS jobs, MIN(created_at) AS oldest_at FROM %i WHERE %i = ' . ( is_int( $value ) ? '%d' : '%s' ) . ' AND created_at > %d',
			array( $this->schema->jobs(), $column, $value, Micros::from( $since ) )
		);

		return new RecentJobs(
			(int) ( $row['jobs'] ?? 0 ),
			isset( $row['oldest_at'] ) ? Micros::to_time( (int) $row['oldest_at'] ) : null
		);
	}
}
