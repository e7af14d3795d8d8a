<?php
/**
 * The database did not do what it was asked.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database;

/**
 * A query failed. Neither the query nor the database's own message is kept: both may hold a visitor's words.
 *
 * @since 0.1.0
 */
final class StorageFailed extends \RuntimeException {

	/**
	 * Names the statement that failed.
	 *
	 * @param string $statement The statement's first word.
	 */
	public static function while_running( string $statement ): self {
		return new self( sprintf( 'the database refused a statement of the kind %s', $statement ) );
	}

	/**
	 * Names the table that is not there after its migration.
	 *
	 * @param string $table The table.
	 */
	public static function table_missing( string $table ): self {
		return new self( sprintf( 'the table %s could not be created', $table ) );
	}
}
