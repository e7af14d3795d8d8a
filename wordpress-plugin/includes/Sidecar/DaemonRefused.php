<?php
/**
 * The daemon says no.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sidecar;

/**
 * The daemon refused the request for good: the same bytes would be refused again.
 *
 * @since 0.1.0
 */
final class DaemonRefused extends \RuntimeException {

	/**
	 * Takes the code and the daemon's sentence.
	 *
	 * @param string          $error_code The stable code.
	 * @param string          $message    A sentence for operators.
	 * @param \Throwable|null $previous   The cause.
	 */
	public function __construct( public readonly string $error_code, string $message, ?\Throwable $previous = null ) {
		parent::__construct( $message, 0, $previous );
	}
}
