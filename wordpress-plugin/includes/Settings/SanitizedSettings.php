<?php
/**
 * The result of checking sent settings.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * The values to store, and the names of those that were refused.
 *
 * @since 0.1.0
 */
final class SanitizedSettings {

	/**
	 * Takes the outcome of {@see Sanitizer::sanitize()}.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, mixed> $values  Values of the schema, by name.
	 * @param list<string>         $refused Names whose sent value was not of the schema.
	 */
	public function __construct( public readonly array $values, public readonly array $refused ) {
	}
}
