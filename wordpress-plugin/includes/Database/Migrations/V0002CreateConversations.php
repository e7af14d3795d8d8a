<?php
/**
 * Migration 2.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database\Migrations;

use Platen\WordPress\Database\Migration;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;

/**
 * Creates the tables of conversations and their messages.
 *
 * A message belongs to the job that asked or answered it; `job_role` lets one job have one question and one answer,
 * whatever is delivered twice. Job ids sort by time, so `conversation_turns` is also the order of the turns.
 *
 * @since 0.1.0
 */
final class V0002CreateConversations implements Migration {

	/**
	 * {@inheritDoc}
	 */
	public function version(): int {
		return 2;
	}

	/**
	 * {@inheritDoc}
	 *
	 * @param Schema $schema The tables' names.
	 * @throws StorageFailed If a table is not there afterwards.
	 */
	public function up( Schema $schema ): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';

		dbDelta(
			"CREATE TABLE {$schema->conversations()} (
			id char(36) NOT NULL,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			session_id char(36) DEFAULT NULL,
			created_at bigint(20) NOT NULL,
			PRIMARY KEY  (id),
			KEY user_newest (user_id,created_at)
			) {$schema->charset_collate()};"
		);
		dbDelta(
			"CREATE TABLE {$schema->messages()} (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			conversation_id char(36) NOT NULL,
			job_id char(36) NOT NULL,
			role varchar(16) NOT NULL,
			content longtext NOT NULL,
			created_at bigint(20) NOT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY job_role (job_id,role),
			KEY conversation_turns (conversation_id,job_id)
			) {$schema->charset_collate()};"
		);

		foreach ( array( $schema->conversations(), $schema->messages() ) as $table ) {
			if ( ! $schema->has( $table ) ) {
				throw StorageFailed::table_missing( $table );
			}
		}
	}
}
