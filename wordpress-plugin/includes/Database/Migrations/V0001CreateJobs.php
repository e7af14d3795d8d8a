<?php
/**
 * Migration 1.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database\Migrations;

use Platen\WordPress\Database\Migration;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;

/**
 * Creates the table of jobs. Every `*_at` is microseconds since the Unix epoch, UTC.
 *
 * - `user_id`, `session_id`: the owner; exactly one is set (0 and NULL mean "not this one").
 * - `client_hash`: keyed hash of an anonymous visitor's address, for the rate limit when the daemon is away.
 * - `spec`: the job as it is handed to the daemon, JSON; sending it again sends the same bytes.
 * - `attempt`: attempts begun, as last heard; `ended_attempt`: that of the last end, kept over a retry so that a late
 *   word about the earlier end changes nothing.
 * - `next_handoff_at`: when the outbox tries next; NULL once the daemon has the job.
 * - `reconciled_at`: when the daemon was last asked about a job that takes long.
 *
 * @since 0.1.0
 */
final class V0001CreateJobs implements Migration {

	/**
	 * {@inheritDoc}
	 */
	public function version(): int {
		return 1;
	}

	/**
	 * {@inheritDoc}
	 *
	 * @param Schema $schema The tables' names.
	 * @throws StorageFailed If the table is not there afterwards.
	 */
	public function up( Schema $schema ): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';

		// The two spaces after PRIMARY KEY and one column per line are what dbDelta() parses.
		dbDelta(
			"CREATE TABLE {$schema->jobs()} (
			id char(36) NOT NULL,
			conversation_id char(36) NOT NULL,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			session_id char(36) DEFAULT NULL,
			client_hash char(32) DEFAULT NULL,
			status varchar(16) NOT NULL,
			idempotency_key varchar(191) NOT NULL,
			prompt_hash char(64) NOT NULL,
			request_id varchar(64) NOT NULL,
			traceparent varchar(55) NOT NULL,
			model varchar(191) NOT NULL,
			spec longtext NOT NULL,
			result longtext DEFAULT NULL,
			finish_reason varchar(32) DEFAULT NULL,
			answer_model varchar(191) DEFAULT NULL,
			answer_provider varchar(191) DEFAULT NULL,
			input_tokens bigint(20) unsigned DEFAULT NULL,
			cached_input_tokens bigint(20) unsigned DEFAULT NULL,
			output_tokens bigint(20) unsigned DEFAULT NULL,
			reasoning_tokens bigint(20) unsigned DEFAULT NULL,
			cost_microusd bigint(20) unsigned DEFAULT NULL,
			usage_is_estimate tinyint(1) DEFAULT NULL,
			error_code varchar(64) DEFAULT NULL,
			error_message text DEFAULT NULL,
			attempt int(10) unsigned NOT NULL DEFAULT 0,
			ended_attempt int(10) unsigned DEFAULT NULL,
			handoff_attempts int(10) unsigned NOT NULL DEFAULT 0,
			created_at bigint(20) NOT NULL,
			updated_at bigint(20) NOT NULL,
			handed_off_at bigint(20) DEFAULT NULL,
			finished_at bigint(20) DEFAULT NULL,
			webhook_at bigint(20) DEFAULT NULL,
			next_handoff_at bigint(20) DEFAULT NULL,
			reconciled_at bigint(20) DEFAULT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY idempotency_key (idempotency_key),
			KEY outbox (status,next_handoff_at),
			KEY newest (created_at),
			KEY user_newest (user_id,created_at),
			KEY session_newest (session_id,created_at),
			KEY client_newest (client_hash,created_at)
			) {$schema->charset_collate()};"
		);

		if ( ! $schema->has( $schema->jobs() ) ) {
			throw StorageFailed::table_missing( $schema->jobs() );
		}
	}
}
