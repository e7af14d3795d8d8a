<?php
/**
 * Switching the parts on.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

use Platen\WordPress\Contracts\Conditional;
use Platen\WordPress\Contracts\Registrable;

/**
 * Registers every part whose condition is met.
 *
 * @since 0.1.0
 */
final class Loader {

	/**
	 * Registers parts in the given order.
	 *
	 * @param Registrable ...$parts The parts.
	 */
	public function load( Registrable ...$parts ): void {
		foreach ( $parts as $part ) {
			if ( ! $part instanceof Conditional || $part->is_met() ) {
				$part->register();
			}
		}
	}
}
