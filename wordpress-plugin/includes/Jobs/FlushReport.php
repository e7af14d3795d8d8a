<?php
/**
 * What a flush did.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * How many jobs of the outbox went which way.
 *
 * @since 0.1.0
 */
final class FlushReport {

	/**
	 * Takes the counts.
	 *
	 * @param int $sent    Handed over.
	 * @param int $waiting Still waiting, because the daemon is away.
	 * @param int $refused Refused for good.
	 */
	public function __construct( public readonly int $sent, public readonly int $waiting, public readonly int $refused ) {
	}
}
