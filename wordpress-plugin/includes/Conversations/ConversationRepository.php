<?php
/**
 * Whose conversation it is.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Conversations;

use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sessions\Owner;

/**
 * Owns the table of conversations. To anyone but its owner a conversation does not exist.
 *
 * @since 0.1.0
 */
final class ConversationRepository {

	/**
	 * Takes the database.
	 *
	 * @param Connection $db     The connection.
	 * @param Schema     $schema The tables' names.
	 */
	public function __construct( private readonly Connection $db, private readonly Schema $schema ) {
	}

	/**
	 * Gives a conversation's owner; null when nobody began it.
	 *
	 * @param string $id The conversation.
	 * @throws StorageFailed If the database refuses.
	 */
	public function owner( string $id ): ?Owner {
		$row = $this->db->row(
			'SELECT user_id, session_id FROM %i WHERE id = %s',
			array( $this->schema->conversations(), $id )
		);

		return null === $row ? null : Owner::from_row( $row );
	}

	/**
	 * Makes sure that the conversation is there and is the owner's.
	 *
	 * @param string             $id    The conversation, a UUID in lower case.
	 * @param Owner              $owner Whose it is to be.
	 * @param \DateTimeImmutable $now   The present.
	 * @throws Failure If somebody else began it.
	 * @throws StorageFailed If the database refuses.
	 */
	public function open( string $id, Owner $owner, \DateTimeImmutable $now ): void {
		$is_new = $this->db->insert_new(
			$this->schema->conversations(),
			array(
				'id'         => $id,
				'user_id'    => $owner->user_id,
				'session_id' => $owner->session_id,
				'created_at' => Micros::from( $now ),
			)
		);
		if ( ! $is_new && true !== $this->owner( $id )?->equals( $owner ) ) {
			throw Failure::conversation_not_found();
		}
	}
}
