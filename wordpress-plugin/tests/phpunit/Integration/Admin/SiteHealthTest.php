<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Admin;

use Platen\WordPress\Admin\DebugInformation;
use Platen\WordPress\Admin\SiteHealth;
use Platen\WordPress\Settings\ConnectionTest;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Sidecar\SidecarGateway;
use Platen\WordPress\Tests\TestCase;
use Platen\WordPress\Trace\Timings;

final class SiteHealthTest extends TestCase {

	private const COMPLETE = array(
		'PLATEN_SITE_ID'        => 'test-site',
		Secrets::SITE_SECRET    => 'psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
		Secrets::WEBHOOK_SECRET => 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
	);

	public function test_the_tests_are_registered_and_can_be_called(): void {
		$tests = $this->health( self::COMPLETE )->add_tests( array( 'direct' => array(), 'async' => array() ) );

		self::assertSame( array( 'platen_secrets', 'platen_extension', 'platen_daemon' ), array_keys( $tests['direct'] ) );
		foreach ( $tests['direct'] as $name => $test ) {
			$result = $test['test']();
			self::assertSame( $name, $result['test'] );
			self::assertContains( $result['status'], array( 'good', 'recommended', 'critical' ) );
			self::assertNotSame( '', $result['label'] );
		}
	}

	public function test_complete_secrets_are_good(): void {
		self::assertSame( 'good', $this->health( self::COMPLETE )->test_secrets()['status'] );
	}

	/** @return array<string, array{string, string|null, string}> */
	public function bad_secrets(): array {
		return array(
			'the site secret is missing'       => array( Secrets::SITE_SECRET, null, 'Missing' ),
			'the webhook secret is missing'    => array( Secrets::WEBHOOK_SECRET, null, 'Missing' ),
			'the webhook secret has no prefix' => array( Secrets::WEBHOOK_SECRET, 'planted', 'not of the documented form' ),
		);
	}

	/** @dataProvider bad_secrets */
	public function test_a_bad_secret_is_critical_and_says_how_to_fix_it( string $name, ?string $value, string $words ): void {
		$constants = array_filter( array( $name => $value ) + self::COMPLETE, static fn ( ?string $one ): bool => null !== $one );

		$result = $this->health( $constants )->test_secrets();

		self::assertSame( 'critical', $result['status'] );
		self::assertStringContainsString( $name, $result['description'] );
		self::assertStringContainsString( $words, $result['description'] );
		self::assertStringContainsString( 'platend site add', $result['description'] );
		self::assertStringNotContainsString( 'planted', $result['description'] );
	}

	public function test_the_extension_is_recommended_and_its_version_told(): void {
		$result = $this->health( self::COMPLETE )->test_extension();

		if ( extension_loaded( 'platen' ) ) {
			self::assertSame( 'good', $result['status'] );
			self::assertStringContainsString( (string) phpversion( 'platen' ), $result['description'] );
		} else {
			self::assertSame( 'recommended', $result['status'] );
			self::assertStringContainsString( 'extension=platen', $result['description'] );
		}
	}

	public function test_a_daemon_that_answers_is_good_and_one_that_is_away_critical(): void {
		self::assertSame( 'critical', $this->health( self::COMPLETE )->test_daemon()['status'] );

		$this->daemon->start();

		self::assertSame( 'good', $this->health( self::COMPLETE )->test_daemon()['status'] );
	}

	public function test_the_debug_information_has_no_secret_and_keeps_the_servers_names_private(): void {
		$this->daemon->start();
		$constants = new Constants( self::COMPLETE );
		$settings  = new SettingsRepository( $constants );
		$test      = new ConnectionTest( $settings, new SidecarGateway( $settings, new Timings() ) );
		$section   = ( new DebugInformation( $settings, new Secrets( $constants ), $test, $this->services()->jobs ) )->add_section( array() )['platen'];

		$fields = $section['fields'];

		self::assertTrue( $fields['socket']['private'] );
		self::assertTrue( $fields['site_id']['private'] );
		self::assertSame( '0.1.0', $fields['daemon']['value'] );
		self::assertSame( 'set_in_config', $fields['platen_site_secret']['debug'] );
		self::assertSame( 'queued: 0, running: 0, succeeded: 0, dead: 0, cancelled: 0', $fields['jobs']['value'] );
		self::assertStringNotContainsString( 'AAECAwQF', (string) wp_json_encode( $section ) );
		foreach ( $fields as $field ) {
			self::assertIsString( $field['value'] );
			self::assertArrayHasKey( 'label', $field );
		}
	}

	/** @param array<string, string> $constants What wp-config.php holds. */
	private function health( array $constants ): SiteHealth {
		$fixed    = new Constants( $constants );
		$settings = new SettingsRepository( $fixed );

		return new SiteHealth( new Secrets( $fixed ), new ConnectionTest( $settings, new SidecarGateway( $settings, new Timings() ) ) );
	}
}
