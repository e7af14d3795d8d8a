<?php
/**
 * The daemon cannot help now.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sidecar;

/**
 * The daemon did not answer in time, or takes nothing at the moment. Trying later may help.
 *
 * @since 0.1.0
 */
final class DaemonAway extends \RuntimeException {

	/**
	 * Takes the cause.
	 *
	 * @param string          $error_code The stable code.
	 * @param \Throwable|null $previous   The cause.
	 */
	public function __construct( public readonly string $error_code, ?\Throwable $previous = null ) {
		parent::__construct( 'the daemon is away: ' . $error_code, 0, $previous );
	}
}
