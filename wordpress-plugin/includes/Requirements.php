<?php
/**
 * What the plugin cannot do without.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsRepository;

/**
 * Tells the admin what is missing before the chat can answer. Site Health says the same in more words.
 *
 * @since 0.1.0
 */
final class Requirements implements Registrable {

	/**
	 * Takes what is looked at.
	 *
	 * @param SettingsRepository $settings The settings.
	 * @param Secrets            $secrets  The site's keys.
	 */
	public function __construct( private readonly SettingsRepository $settings, private readonly Secrets $secrets ) {
	}

	/**
	 * Tells whether the PHP library, and with it every function of the extension, is there.
	 */
	public static function has_library(): bool {
		return class_exists( \Platen\Client::class ) && function_exists( 'Platen\submit' );
	}

	/**
	 * Says that the plugin's files are not complete.
	 */
	public static function show_incomplete(): void {
		wp_admin_notice(
			esc_html__( 'Platen is not complete: its PHP library is missing. Please install the plugin again.', 'platen' ),
			array( 'type' => 'error' )
		);
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'admin_notices', array( $this, 'show_missing' ) );
	}

	/**
	 * Says on the plugins screen which constants are missing.
	 */
	public function show_missing(): void {
		if ( ! current_user_can( 'manage_options' ) || 'plugins' !== get_current_screen()?->id ) {
			return;
		}
		$missing = $this->missing();
		if ( array() === $missing ) {
			return;
		}

		wp_admin_notice(
			sprintf(
				/* translators: %s: Names of constants, separated by commas. */
				esc_html__( 'Platen is not set up yet. Run "platend site add" on the server and put what it prints into wp-config.php. Missing: %s', 'platen' ),
				'<code>' . implode( '</code>, <code>', array_map( 'esc_html', $missing ) ) . '</code>'
			),
			array( 'type' => 'warning' )
		);
	}

	/**
	 * Names the constants that are missing or malformed.
	 *
	 * @return list<string>
	 */
	public function missing(): array {
		$missing = $this->settings->get()->has_site() ? array() : array( 'PLATEN_SITE_ID' );
		foreach ( array( Secrets::SITE_SECRET, Secrets::WEBHOOK_SECRET ) as $name ) {
			if ( ! $this->secrets->state( $name )->is_set() ) {
				$missing[] = $name;
			}
		}

		return $missing;
	}
}
