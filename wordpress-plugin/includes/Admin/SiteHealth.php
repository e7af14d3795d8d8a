<?php
/**
 * Platen in Site Health.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Settings\ConnectionState;
use Platen\WordPress\Settings\ConnectionTest;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsPage;

/**
 * Tests what must stand for the chat to work: the secrets, the extension and the daemon.
 *
 * @since 0.1.0
 */
final class SiteHealth implements Registrable {

	/**
	 * How long the test waits for the daemon, in milliseconds.
	 */
	private const TEST_DEADLINE_MS = 500;

	/**
	 * Takes what is tested.
	 *
	 * @since 0.1.0
	 *
	 * @param Secrets        $secrets    The secrets, of which only the state is shown.
	 * @param ConnectionTest $connection The test of the connection.
	 */
	public function __construct( private readonly Secrets $secrets, private readonly ConnectionTest $connection ) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_filter( 'site_status_tests', array( $this, 'add_tests' ) );
	}

	/**
	 * Adds the tests.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, array<string, mixed>> $tests The tests there are.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_tests( array $tests ): array {
		$tests['direct']['platen_secrets']   = array(
			'label' => __( 'Platen secrets', 'platen' ),
			'test'  => array( $this, 'test_secrets' ),
		);
		$tests['direct']['platen_extension'] = array(
			'label' => __( 'Platen extension', 'platen' ),
			'test'  => array( $this, 'test_extension' ),
		);
		$tests['direct']['platen_daemon']    = array(
			'label' => __( 'Platen daemon', 'platen' ),
			'test'  => array( $this, 'test_daemon' ),
		);

		return $tests;
	}

	/**
	 * Tests that the secrets are set and well formed.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, mixed>
	 */
	public function test_secrets(): array {
		$wanting = array_filter(
			array( Secrets::SITE_SECRET, Secrets::WEBHOOK_SECRET ),
			fn ( string $name ): bool => ! $this->secrets->state( $name )->is_set()
		);
		if ( array() === $wanting ) {
			return HealthResult::of(
				'platen_secrets',
				'good',
				__( 'The secrets of Platen are set', 'platen' ),
				__( 'They stand in wp-config.php or the environment and not in the database.', 'platen' )
			);
		}

		$names = implode(
			', ',
			array_map( fn ( string $name ): string => $name . ' (' . $this->secrets->state( $name )->label() . ')', $wanting )
		);

		return HealthResult::of(
			'platen_secrets',
			'critical',
			__( 'Secrets of Platen are missing', 'platen' ),
			sprintf(
				/* translators: 1: The names of constants. 2: A command. */
				__( 'Nobody can use the chat without them: %1$s. Run “%2$s” on the server and copy the lines it prints into wp-config.php.', 'platen' ),
				$names,
				'platend site add'
			),
			self::settings_link()
		);
	}

	/**
	 * Tests whether the extension is loaded.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, mixed>
	 */
	public function test_extension(): array {
		$version = phpversion( 'platen' );
		if ( false !== $version ) {
			return HealthResult::of(
				'platen_extension',
				'good',
				__( 'The PHP extension of Platen is loaded', 'platen' ),
				/* translators: %s: A version number. */
				sprintf( __( 'Version %s. Tokens are counted exactly, and the connection to the daemon is kept between requests.', 'platen' ), $version )
			);
		}

		return HealthResult::of(
			'platen_extension',
			'recommended',
			__( 'The PHP extension of Platen is not loaded', 'platen' ),
			__( 'Everything works without it, in PHP: token counts are estimates and every page that needs the daemon connects anew. Add “extension=platen” to php.ini for exact counts and shorter requests.', 'platen' )
		);
	}

	/**
	 * Tests whether the daemon answers and knows this site.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, mixed>
	 */
	public function test_daemon(): array {
		$report = $this->connection->run( self::TEST_DEADLINE_MS );
		if ( ConnectionState::Connected === $report->state ) {
			return HealthResult::of( 'platen_daemon', 'good', __( 'The daemon of Platen answers', 'platen' ), $report->advice() );
		}

		return HealthResult::of(
			'platen_daemon',
			'critical',
			/* translators: %s: How the connection stands. */
			sprintf( __( 'Platen: %s', 'platen' ), $report->headline() ),
			$report->advice(),
			self::settings_link()
		);
	}

	/**
	 * Gives the link to the settings.
	 */
	private static function settings_link(): string {
		return sprintf( '<p><a href="%s">%s</a></p>', esc_url( SettingsPage::url() ), esc_html__( 'Platen settings', 'platen' ) );
	}
}
