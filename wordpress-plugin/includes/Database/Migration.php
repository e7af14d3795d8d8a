<?php
/**
 * One step of the tables' history.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database;

/**
 * Brings the tables from one version to the next. Never edited after a release; safe to run twice.
 *
 * @since 0.1.0
 */
interface Migration {

	/**
	 * The version that stands after this migration.
	 */
	public function version(): int;

	/**
	 * Does the step.
	 *
	 * @param Schema $schema The tables' names.
	 * @throws StorageFailed If the database does not follow.
	 */
	public function up( Schema $schema ): void;
}
