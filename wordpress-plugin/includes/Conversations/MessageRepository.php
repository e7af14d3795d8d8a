<?php
/**
 * The turns of conversations.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Conversations;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;

/**
 * Owns the table of messages.
 *
 * @since 0.1.0
 */
final class MessageRepository {

	/**
	 * Takes the database.
	 *
	 * @param Connection $db     The connection.
	 * @param Schema     $schema The tables' names.
	 */
	public function __construct( private readonly Connection $db, private readonly Schema $schema ) {
	}

	/**
	 * Adds a turn unless its job has one of that role already, and tells whether it did.
	 *
	 * @param string             $conversation_id The conversation.
	 * @param JobId              $job_id          The job it asks or answers.
	 * @param Role               $role            Who speaks.
	 * @param string             $content         What is said.
	 * @param \DateTimeImmutable $now             The present.
	 * @throws StorageFailed If the database refuses.
	 */
	public function add( string $conversation_id, JobId $job_id, Role $role, string $content, \DateTimeImmutable $now ): bool {
		return $this->db->insert_new(
			$this->schema->messages(),
			array(
				'conversation_id' => $conversation_id,
				'job_id'          => $job_id->value,
				'role'            => $role->value,
				'content'         => $content,
				'created_at'      => Micros::from( $now ),
			)
		);
	}

	/**
	 * Gives the newest turns of a conversation, oldest first.
	 *
	 * They are in the order of the questions, each followed by its answer, however late the answer came.
	 *
	 * @param string $conversation_id The conversation.
	 * @param int    $limit           How many at most.
	 * @return list<Message>
	 * @throws StorageFailed If the database refuses.
	 */
	public function newest( string $conversation_id, int $limit ): array {
		// Job ids sort by the time of the question; "assistant" sorts before "user", which reads backwards here.
		$rows = $this->db->rows(
			'SELECT m.id, m.job_id, m.role, m.content, m.created_at, j.status FROM %i m LEFT JOIN %i j ON j.id = m.job_id
			WHERE m.conversation_id = %s ORDER BY m.job_id DESC, m.role ASC LIMIT %d',
			array( $this->schema->messages(), $this->schema->jobs(), $conversation_id, $limit )
		);

		return array_reverse( array_map( self::to_message( ... ), $rows ) );
	}

	/**
	 * Gives the text that a job asked.
	 *
	 * @param JobId $job_id The job.
	 * @throws StorageFailed If the database refuses.
	 */
	public function question( JobId $job_id ): ?string {
		$row = $this->db->row(
			'SELECT content FROM %i WHERE job_id = %s AND role = %s',
			array( $this->schema->messages(), $job_id->value, Role::User->value )
		);

		return $row['content'] ?? null;
	}

	/**
	 * Builds a message from its row.
	 *
	 * @param array<string, string|null> $row The row.
	 */
	private static function to_message( array $row ): Message {
		return new Message(
			(int) $row['id'],
			JobId::fromString( (string) $row['job_id'] ),
			Role::from( (string) $row['role'] ),
			(string) $row['content'],
			null === $row['status'] ? null : JobStatus::from( $row['status'] ),
			Micros::to_time( (int) $row['created_at'] )
		);
	}
}
