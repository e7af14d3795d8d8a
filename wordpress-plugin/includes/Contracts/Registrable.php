<?php
/**
 * A part of the plugin that adds hooks.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Contracts;

/**
 * Adds its hooks when the {@see \Platen\WordPress\Loader} asks for it, never in its constructor.
 *
 * @since 0.1.0
 */
interface Registrable {

	/**
	 * Adds the hooks.
	 */
	public function register(): void;
}
