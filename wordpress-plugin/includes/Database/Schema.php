<?php
/**
 * The plugin's tables.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database;

/**
 * Names every table once. The names follow `switch_to_blog()`.
 *
 * @since 0.1.0
 */
final class Schema {

	/**
	 * Takes the connection that knows the prefix.
	 *
	 * @param \wpdb $wpdb The connection.
	 */
	public function __construct( private readonly \wpdb $wpdb ) {
	}

	/** The jobs: what was asked, where it stands, what came back. */
	public function jobs(): string {
		return $this->wpdb->prefix . 'ai_jobs';
	}

	/** The conversations and whose they are. */
	public function conversations(): string {
		return $this->wpdb->prefix . 'ai_conversations';
	}

	/** The turns of the conversations. */
	public function messages(): string {
		return $this->wpdb->prefix . 'ai_messages';
	}

	/** The ids of webhooks that had their effect. */
	public function webhook_events(): string {
		return $this->wpdb->prefix . 'ai_webhook_events';
	}

	/**
	 * Lists all tables, for uninstalling.
	 *
	 * @return list<string>
	 */
	public function all(): array {
		return array( $this->jobs(), $this->conversations(), $this->messages(), $this->webhook_events() );
	}

	/** The clause that every CREATE TABLE ends with. */
	public function charset_collate(): string {
		return $this->wpdb->get_charset_collate();
	}

	/**
	 * Tells whether a table is there.
	 *
	 * @param string $table The table.
	 */
	public function has( string $table ): bool {
		$found = $this->wpdb->get_var( $this->wpdb->prepare( 'SHOW TABLES LIKE %s', $this->wpdb->esc_like( $table ) ) );

		return $table === $found;
	}
}
