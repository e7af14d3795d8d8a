<?php
/**
 * The way to the database.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database;

/**
 * Runs prepared statements on `$wpdb`, knows NULL, and turns a failed query into an exception.
 *
 * Errors are never printed or logged by `$wpdb`, because the text of a query may hold a visitor's words.
 *
 * @since 0.1.0
 */
final class Connection {

	/**
	 * How many transactions are open around the present one.
	 *
	 * @var int
	 */
	private int $depth = 0;

	/**
	 * Takes WordPress's connection.
	 *
	 * @param \wpdb $wpdb The connection.
	 */
	public function __construct( private readonly \wpdb $wpdb ) {
	}

	/**
	 * Runs a statement and gives the number of rows it changed.
	 *
	 * @param string                      $sql  With the placeholders of `wpdb::prepare()`; no other percent signs.
	 * @param list<string|int|float|null> $args One per placeholder; null becomes NULL.
	 * @throws StorageFailed If the database refuses it.
	 */
	public function execute( string $sql, array $args = array() ): int {
		return (int) $this->run( $sql, $args, fn ( string $query ) => $this->wpdb->query( $query ) );
	}

	/**
	 * Gives the first row of a query.
	 *
	 * @param string                      $sql  See {@see self::execute()}.
	 * @param list<string|int|float|null> $args See {@see self::execute()}.
	 * @return array<string, string|null>|null
	 * @throws StorageFailed If the database refuses it.
	 */
	public function row( string $sql, array $args = array() ): ?array {
		$row = $this->run( $sql, $args, fn ( string $query ) => $this->wpdb->get_row( $query, ARRAY_A ) );

		return is_array( $row ) ? $row : null;
	}

	/**
	 * Gives all rows of a query.
	 *
	 * @param string                      $sql  See {@see self::execute()}.
	 * @param list<string|int|float|null> $args See {@see self::execute()}.
	 * @return list<array<string, string|null>>
	 * @throws StorageFailed If the database refuses it.
	 */
	public function rows( string $sql, array $args = array() ): array {
		$rows = $this->run( $sql, $args, fn ( string $query ) => $this->wpdb->get_results( $query, ARRAY_A ) );

		return is_array( $rows ) ? $rows : array();
	}

	/**
	 * Inserts a row unless a unique key is taken, and tells whether it did.
	 *
	 * @param string                         $table  The table.
	 * @param array<string, string|int|null> $values Values by column.
	 * @throws StorageFailed If the database refuses it.
	 */
	public function insert_new( string $table, array $values ): bool {
		$columns      = implode( ', ', array_fill( 0, count( $values ), '%i' ) );
		$placeholders = implode( ', ', array_map( static fn ( $value ): string => is_int( $value ) ? '%d' : '%s', $values ) );

		return 1 === $this->execute(
			"INSERT IGNORE INTO %i ({$columns}) VALUES ({$placeholders})",
			array( $table, ...array_keys( $values ), ...array_values( $values ) )
		);
	}

	/**
	 * Runs work in one transaction. An inner call joins the outer one.
	 *
	 * The first statement of the work should be a write: SQLite then waits for the lock instead of failing later.
	 *
	 * @template T
	 * @param callable(): T $work What to do; an exception rolls everything back.
	 * @return T
	 */
	public function transaction( callable $work ): mixed {
		if ( 0 === $this->depth ) {
			$this->execute( 'START TRANSACTION' );
		}
		++$this->depth;

		try {
			$result = $work();
			if ( 1 === $this->depth ) {
				$this->execute( 'COMMIT' );
			}
		} catch ( \Throwable $cause ) {
			if ( 1 === $this->depth ) {
				$this->execute( 'ROLLBACK' );
			}
			throw $cause;
		} finally {
			--$this->depth;
		}

		return $result;
	}

	/**
	 * Prepares a statement, runs it and checks the outcome.
	 *
	 * @param string                      $sql  See {@see self::execute()}.
	 * @param list<string|int|float|null> $args See {@see self::execute()}.
	 * @param callable(string): mixed     $call Sends the prepared text.
	 * @throws StorageFailed If the database refuses it.
	 */
	private function run( string $sql, array $args, callable $call ): mixed {
		$query     = $this->prepare( $sql, $args );
		$were_dumb = $this->wpdb->suppress_errors( true );
		try {
			$result = $call( $query );
			if ( '' !== $this->wpdb->last_error ) {
				throw StorageFailed::while_running( strtok( ltrim( $sql ), " \n\t" ) );
			}
		} finally {
			$this->wpdb->suppress_errors( $were_dumb );
		}

		return $result;
	}

	/**
	 * Prepares a statement; `wpdb::prepare()` has no NULL, so its placeholder is replaced first.
	 *
	 * @param string                      $sql  See {@see self::execute()}.
	 * @param list<string|int|float|null> $args See {@see self::execute()}.
	 */
	private function prepare( string $sql, array $args ): string {
		if ( array() === $args ) {
			return $sql;
		}

		$left = $args;
		$sql  = (string) preg_replace_callback(
			'/%[sdfi]/',
			static function ( array $placeholder ) use ( &$left ): string {
				return null === array_shift( $left ) ? 'NULL' : $placeholder[0];
			},
			$sql
		);
		$args = array_values( array_filter( $args, static fn ( $value ): bool => null !== $value ) );

		// phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- The text comes from our repositories and holds placeholders only.
		return (string) $this->wpdb->prepare( $sql, $args );
	}
}
