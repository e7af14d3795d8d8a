<?php
/**
 * Where a setting's value comes from.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * The places a value may come from, the strongest first.
 *
 * @since 0.1.0
 */
enum Source: string {

	case Constant    = 'constant';
	case Environment = 'environment';
	case Option      = 'option';
	case Ini         = 'ini';
	case Default     = 'default';

	/**
	 * Tells whether the settings page cannot change the value.
	 *
	 * @since 0.1.0
	 */
	public function is_fixed(): bool {
		return match ( $this ) {
			self::Constant, self::Environment => true,
			self::Option, self::Ini, self::Default => false,
		};
	}
}
