<?php
/**
 * The settings page.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\WordPress\Admin\AdminStyle;
use Platen\WordPress\Admin\Menu;
use Platen\WordPress\Contracts\Registrable;

/**
 * Shows the form, where each value comes from, how the secrets stand and whether the daemon answers.
 *
 * @since 0.1.0
 */
final class SettingsPage implements Registrable {

	public const SLUG = 'platen-settings';

	/**
	 * How long the page waits for the daemon, in milliseconds: an admin who looks at it wants a true answer more
	 * than a fast one.
	 */
	private const TEST_DEADLINE_MS = 500;

	/**
	 * Takes what the page shows.
	 *
	 * @since 0.1.0
	 *
	 * @param SettingsRepository $settings   The settings.
	 * @param Secrets            $secrets    The secrets, of which only the state is shown.
	 * @param ConnectionTest     $connection The test of the connection.
	 */
	public function __construct(
		private readonly SettingsRepository $settings,
		private readonly Secrets $secrets,
		private readonly ConnectionTest $connection
	) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ), 11 );
		add_filter( 'plugin_action_links_' . plugin_basename( PLATEN_FILE ), array( $this, 'add_link' ) );
	}

	/**
	 * Adds the page below the plugin's menu.
	 *
	 * @since 0.1.0
	 */
	public function add_page(): void {
		$hook = add_submenu_page(
			Menu::SLUG,
			__( 'Platen settings', 'platen' ),
			__( 'Settings', 'platen' ),
			'manage_options',
			self::SLUG,
			array( $this, 'render' )
		);
		if ( is_string( $hook ) ) {
			AdminStyle::enqueue_on( $hook );
			add_action( "load-{$hook}", array( $this, 'add_fields' ) );
		}
	}

	/**
	 * Adds a link to the plugin's line in the list of plugins.
	 *
	 * @since 0.1.0
	 *
	 * @param array<int|string, string> $links The links there are.
	 * @return array<int|string, string>
	 */
	public function add_link( array $links ): array {
		$link = sprintf( '<a href="%s">%s</a>', esc_url( self::url() ), esc_html__( 'Settings', 'platen' ) );

		return array( 'settings' => $link ) + $links;
	}

	/**
	 * Builds the form for the Settings API.
	 *
	 * @since 0.1.0
	 */
	public function add_fields(): void {
		foreach ( SettingsFields::sections() as $section => $words ) {
			add_settings_section(
				'platen_' . $section,
				$words['title'],
				static function () use ( $words ): void {
					if ( '' !== $words['text'] ) {
						printf( '<p>%s</p>', esc_html( $words['text'] ) );
					}
				},
				self::SLUG,
				array(
					'before_section' => '<div class="platen-card">',
					'after_section'  => '</div>',
				)
			);
		}

		$form = new SettingsForm( $this->settings );
		foreach ( SettingsFields::all() as $name => $field ) {
			$arguments = 'boolean' === Schema::properties()[ $name ]['type'] ? array() : array( 'label_for' => SettingsForm::id( $name ) );
			add_settings_field(
				$name,
				$field->label,
				static function () use ( $form, $name ): void {
					$form->print_field( $name );
				},
				self::SLUG,
				'platen_' . $field->section,
				$arguments
			);
		}
	}

	/**
	 * Prints the page.
	 *
	 * @since 0.1.0
	 */
	public function render(): void {
		$connection    = $this->connection->run( self::TEST_DEADLINE_MS );
		$secrets       = $this->secrets();
		$setup_command = $this->setup_command();
		$native        = phpversion( 'platen' );

		require __DIR__ . '/views/settings-page.php';
	}

	/**
	 * Gives the address of the page.
	 *
	 * @since 0.1.0
	 */
	public static function url(): string {
		return admin_url( 'admin.php?page=' . self::SLUG );
	}

	/**
	 * Tells how each secret stands and what it is for.
	 *
	 * @return array<string, array{state: SecretState, use: string}>
	 */
	private function secrets(): array {
		return array(
			Secrets::SITE_SECRET    => array(
				'state' => $this->secrets->state( Secrets::SITE_SECRET ),
				'use'   => __( 'Signs stream tokens and the sessions of visitors.', 'platen' ),
			),
			Secrets::WEBHOOK_SECRET => array(
				'state' => $this->secrets->state( Secrets::WEBHOOK_SECRET ),
				'use'   => __( 'Proves that an answer comes from the daemon.', 'platen' ),
			),
		);
	}

	/**
	 * Gives the command that adds this site to the daemon and prints the constants.
	 */
	private function setup_command(): string {
		$settings = $this->settings->get();
		$host     = (string) wp_parse_url( home_url(), PHP_URL_HOST );
		$proposal = trim( (string) preg_replace( '/[^a-z0-9._-]+/', '-', strtolower( $host ) ), '-._' );
		$site_id  = $settings->has_site() ? $settings->site_id : substr( $proposal, 0, 64 );

		return sprintf( 'platend site add %s --url %s', '' === $site_id ? 'main' : $site_id, home_url() );
	}
}
