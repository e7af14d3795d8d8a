<?php
/**
 * The values that `wp-config.php` or the environment fixes.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * Reads `PLATEN_*` from constants, else from the environment.
 *
 * @since 0.1.0
 */
final class Constants {

	/**
	 * Takes the real surroundings, or a fixed set of values.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, string>|null $fixed The only values there are; null reads constants and environment.
	 */
	public function __construct( private readonly ?array $fixed = null ) {
	}

	/**
	 * Gives a value that is set and not empty.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The constant's name.
	 */
	public function get( string $name ): ?string {
		$value = $this->raw( $name );

		return is_scalar( $value ) && false !== $value ? (string) $value : null;
	}

	/**
	 * Gives a yes or no; null when neither is set.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The constant's name.
	 */
	public function flag( string $name ): ?bool {
		$value = $this->raw( $name );

		return null === $value ? null : filter_var( $value, FILTER_VALIDATE_BOOLEAN );
	}

	/**
	 * Tells where a value comes from.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The constant's name.
	 */
	public function source( string $name ): ?Source {
		if ( null === $this->raw( $name ) ) {
			return null;
		}

		return null !== $this->fixed || defined( $name ) ? Source::Constant : Source::Environment;
	}

	/**
	 * Gives a value as it was set; null when it is not set or empty.
	 *
	 * @param string $name The constant's name.
	 */
	private function raw( string $name ): mixed {
		if ( null !== $this->fixed ) {
			return $this->fixed[ $name ] ?? null;
		}
		$value  = defined( $name ) ? constant( $name ) : getenv( $name );
		$is_set = '' !== $value && ( defined( $name ) || false !== $value );

		return $is_set ? $value : null;
	}
}
