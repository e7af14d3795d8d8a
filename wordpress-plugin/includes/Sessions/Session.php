<?php
/**
 * A visitor's session.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sessions;

/**
 * A token for a visitor without an account, and how long it holds.
 *
 * @since 0.1.0
 */
final class Session {

	/**
	 * Takes token and end.
	 *
	 * @param string             $token      For the `X-Platen-Session` header.
	 * @param \DateTimeImmutable $expires_at When it ends.
	 */
	public function __construct( public readonly string $token, public readonly \DateTimeImmutable $expires_at ) {
	}
}
