<?php
/**
 * A part of the plugin that is not always wanted.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Contracts;

/**
 * Tells whether a {@see Registrable} is to be registered in this request.
 *
 * @since 0.1.0
 */
interface Conditional {

	/**
	 * Tells whether to register. Called once, while plugins load.
	 */
	public function is_met(): bool;
}
