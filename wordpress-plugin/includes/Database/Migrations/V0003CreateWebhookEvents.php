<?php
/**
 * Migration 3.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database\Migrations;

use Platen\WordPress\Database\Migration;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;

/**
 * Creates the replay store: the hashed ids of webhooks that had their effect, kept as long as the daemon may repeat them.
 *
 * @since 0.1.0
 */
final class V0003CreateWebhookEvents implements Migration {

	/**
	 * {@inheritDoc}
	 */
	public function version(): int {
		return 3;
	}

	/**
	 * {@inheritDoc}
	 *
	 * @param Schema $schema The tables' names.
	 * @throws StorageFailed If the table is not there afterwards.
	 */
	public function up( Schema $schema ): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';

		dbDelta(
			"CREATE TABLE {$schema->webhook_events()} (
			id_hash char(64) NOT NULL,
			job_id char(36) NOT NULL,
			received_at bigint(20) NOT NULL,
			PRIMARY KEY  (id_hash),
			KEY received_at (received_at)
			) {$schema->charset_collate()};"
		);

		if ( ! $schema->has( $schema->webhook_events() ) ) {
			throw StorageFailed::table_missing( $schema->webhook_events() );
		}
	}
}
