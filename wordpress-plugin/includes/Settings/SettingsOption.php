<?php
/**
 * Making the settings known to WordPress.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\WordPress\Contracts\Registrable;

/**
 * Registers the option with its schema, for the settings form and for `/wp/v2/settings` alike.
 *
 * @since 0.1.0
 */
final class SettingsOption implements Registrable {

	/**
	 * The group of the settings form.
	 */
	public const GROUP = 'platen';

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'admin_init', array( $this, 'register_option' ) );
		add_action( 'rest_api_init', array( $this, 'register_option' ) );
	}

	/**
	 * Registers the option.
	 *
	 * @since 0.1.0
	 */
	public function register_option(): void {
		register_setting(
			self::GROUP,
			SettingsRepository::OPTION,
			array(
				'type'              => 'object',
				'description'       => __( 'What Platen may do on this site. Holds no secret.', 'platen' ),
				'sanitize_callback' => array( $this, 'sanitize' ),
				'show_in_rest'      => array( 'schema' => Schema::option() ),
				'default'           => Schema::defaults(),
			)
		);
	}

	/**
	 * Checks what a form or a REST call sends. A refused value leaves the stored one in place and is reported.
	 *
	 * @since 0.1.0
	 *
	 * @param mixed $sent Values by name.
	 * @return array<string, mixed>
	 */
	public function sanitize( mixed $sent ): array {
		$present = get_option( SettingsRepository::OPTION, array() );
		$present = is_array( $present ) ? Schema::valid( $present ) : array();
		$checked = ( new Sanitizer( $present ) )->sanitize( is_array( $sent ) ? $sent : array() );

		foreach ( $checked->refused as $name ) {
			$this->report( $name );
		}

		return $checked->values;
	}

	/**
	 * Tells the admin that a value was not taken.
	 *
	 * @param string $name The setting.
	 */
	private function report( string $name ): void {
		if ( ! function_exists( 'add_settings_error' ) ) {
			return;
		}

		$field = SettingsFields::all()[ $name ] ?? null;
		add_settings_error(
			SettingsRepository::OPTION,
			'platen_' . $name,
			sprintf(
				/* translators: 1: A setting's label. 2: What it must be. */
				__( '%1$s was not changed: %2$s', 'platen' ),
				$field->label ?? $name,
				$field->rule ?? __( 'the value is not of its documented form.', 'platen' )
			)
		);
	}
}
