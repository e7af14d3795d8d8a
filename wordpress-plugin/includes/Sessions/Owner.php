<?php
/**
 * Whose a job or a conversation is.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sessions;

/**
 * A user or an anonymous session, never both.
 *
 * @since 0.1.0
 */
final class Owner {

	/**
	 * Takes one of the two.
	 *
	 * @param int         $user_id    The user; 0 for a session.
	 * @param string|null $session_id The session's UUID; null for a user.
	 */
	private function __construct( public readonly int $user_id, public readonly ?string $session_id ) {
	}

	/**
	 * Names a user.
	 *
	 * @param int $user_id The user, not 0.
	 */
	public static function user( int $user_id ): self {
		return new self( $user_id, null );
	}

	/**
	 * Names an anonymous session.
	 *
	 * @param string $session_id The session's UUID.
	 */
	public static function session( string $session_id ): self {
		return new self( 0, $session_id );
	}

	/**
	 * Reads the owner out of a row.
	 *
	 * @param array<string, string|null> $row A row with `user_id` and `session_id`.
	 */
	public static function from_row( array $row ): self {
		return new self( (int) $row['user_id'], $row['session_id'] );
	}

	/** Tells whether this is a visitor without an account. */
	public function is_anonymous(): bool {
		return null !== $this->session_id;
	}

	/** The owner's name to the daemon: `user:1` or `session:{uuid}`. */
	public function subject(): string {
		return null === $this->session_id ? 'user:' . $this->user_id : 'session:' . $this->session_id;
	}

	/**
	 * Tells whether both are the same caller.
	 *
	 * @param self $other The other one.
	 */
	public function equals( self $other ): bool {
		return $this->subject() === $other->subject();
	}
}
