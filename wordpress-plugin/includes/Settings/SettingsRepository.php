<?php
/**
 * The option that holds the settings.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\Transport\Socket;

/**
 * Reads and writes the one option of the plugin, and lets constants win over it.
 *
 * @since 0.1.0
 */
final class SettingsRepository {

	public const OPTION = 'platen_settings';

	/**
	 * The settings a constant fixes.
	 */
	private const CONSTANTS = array(
		'socket'      => 'PLATEN_SOCKET',
		'site_id'     => 'PLATEN_SITE_ID',
		'remove_data' => 'PLATEN_REMOVE_DATA',
	);

	/**
	 * Takes the fixed values of this site.
	 *
	 * @since 0.1.0
	 *
	 * @param Constants $constants What `wp-config.php` and the environment fix.
	 */
	public function __construct( private readonly Constants $constants = new Constants() ) {
	}

	/**
	 * Gives the effective settings.
	 *
	 * @since 0.1.0
	 */
	public function get(): Settings {
		$values = array_merge( Schema::defaults(), $this->stored() );
		foreach ( self::CONSTANTS as $name => $constant ) {
			$fixed           = is_bool( $values[ $name ] ) ? $this->constants->flag( $constant ) : $this->constants->get( $constant );
			$values[ $name ] = $fixed ?? $values[ $name ];
		}

		return new Settings( ...$values );
	}

	/**
	 * Tells where the effective value of a setting comes from.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The setting.
	 */
	public function source( string $name ): Source {
		$fixed = isset( self::CONSTANTS[ $name ] ) ? $this->constants->source( self::CONSTANTS[ $name ] ) : null;
		if ( null !== $fixed ) {
			return $fixed;
		}

		$stored = $this->stored();
		if ( array_key_exists( $name, $stored ) && Schema::defaults()[ $name ] !== $stored[ $name ] ) {
			return Source::Option;
		}

		return 'socket' === $name && self::ini_socket() !== '' ? Source::Ini : Source::Default;
	}

	/**
	 * Names the constant that may fix a setting.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The setting.
	 */
	public function constant_name( string $name ): ?string {
		return self::CONSTANTS[ $name ] ?? null;
	}

	/**
	 * Stores settings. Unknown names are dropped; bad values fall back to what was stored before.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, mixed> $values Settings by name.
	 */
	public function update( array $values ): void {
		$checked = ( new Sanitizer( $this->stored() ) )->sanitize( $values );

		// Loaded with WordPress's other options: a query of its own would be a twelfth of what a question costs.
		update_option( self::OPTION, $checked->values, true );
	}

	/**
	 * Gives the socket path that php.ini sets, or an empty text when it leaves the default.
	 *
	 * @since 0.1.0
	 */
	public static function ini_socket(): string {
		$path = extension_loaded( 'platen' ) ? ini_get( 'platen.socket' ) : get_cfg_var( 'platen.socket' );

		return is_string( $path ) && Socket::DEFAULT_PATH !== $path ? $path : '';
	}

	/**
	 * Gives the stored values that are of their documented form, whatever was written to the option.
	 *
	 * @return array<string, mixed>
	 */
	private function stored(): array {
		$option = get_option( self::OPTION, array() );

		return is_array( $option ) ? Schema::valid( $option ) : array();
	}
}
