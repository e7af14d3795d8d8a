<?php
/**
 * The replay store.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;

/**
 * Owns the table of webhooks that had their effect.
 *
 * @since 0.1.0
 */
final class WebhookEventRepository {

	/** The daemon repeats a delivery for a day; a signature is too old after minutes. Two days outlive both. */
	private const KEEP_S = 2 * DAY_IN_SECONDS;

	/**
	 * Takes the database.
	 *
	 * @param Connection $db     The connection.
	 * @param Schema     $schema The tables' names.
	 * @param Clock      $clock  The present.
	 */
	public function __construct(
		private readonly Connection $db,
		private readonly Schema $schema,
		private readonly Clock $clock
	) {
	}

	/**
	 * Notes an event and tells whether it is new. Call it in the transaction that writes the event's effect.
	 *
	 * @param WebhookEvent $event The event.
	 * @throws StorageFailed If the database refuses.
	 */
	public function add( WebhookEvent $event ): bool {
		return $this->db->insert_new(
			$this->schema->webhook_events(),
			array(
				// Hashed, because ids may be longer than an index and differ in case only.
				'id_hash'     => hash( 'sha256', $event->id ),
				'job_id'      => $event->job_id->value,
				'received_at' => Micros::from( $this->clock->now() ),
			)
		);
	}

	/**
	 * Forgets events that can no longer come again.
	 *
	 * @throws StorageFailed If the database refuses.
	 */
	public function prune(): int {
		return $this->db->execute(
			'DELETE FROM %i WHERE received_at < %d',
			array( $this->schema->webhook_events(), Micros::from( $this->clock->now() ) - self::KEEP_S * 1_000_000 )
		);
	}
}
