<?php
/**
 * The present.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Contracts;

/**
 * Gives the time, so that tests can choose it.
 *
 * @since 0.1.0
 */
interface Clock {

	/**
	 * Gives the present, in UTC.
	 */
	public function now(): \DateTimeImmutable;
}
