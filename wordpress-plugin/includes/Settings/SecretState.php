<?php
/**
 * How a secret stands.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * All that may be shown about a secret.
 *
 * @since 0.1.0
 */
enum SecretState: string {

	case SetInConfig      = 'set_in_config';
	case SetInEnvironment = 'set_in_environment';
	case Missing          = 'missing';
	case Malformed        = 'malformed';

	/**
	 * Tells whether the secret can be used.
	 *
	 * @since 0.1.0
	 */
	public function is_set(): bool {
		return match ( $this ) {
			self::SetInConfig, self::SetInEnvironment => true,
			self::Missing, self::Malformed => false,
		};
	}

	/**
	 * Says it in words.
	 *
	 * @since 0.1.0
	 */
	public function label(): string {
		return match ( $this ) {
			self::SetInConfig      => __( 'Set in wp-config.php', 'platen' ),
			self::SetInEnvironment => __( 'Set in the environment', 'platen' ),
			self::Missing          => __( 'Missing', 'platen' ),
			self::Malformed        => __( 'Set, but not of the documented form', 'platen' ),
		};
	}
}
