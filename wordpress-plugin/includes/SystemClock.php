<?php
/**
 * The machine's clock.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

use Platen\WordPress\Contracts\Clock;

/**
 * The only place that reads the wall clock.
 *
 * @since 0.1.0
 */
final class SystemClock implements Clock {

	/**
	 * {@inheritDoc}
	 */
	public function now(): \DateTimeImmutable {
		return new \DateTimeImmutable( 'now', new \DateTimeZone( 'UTC' ) );
	}
}
