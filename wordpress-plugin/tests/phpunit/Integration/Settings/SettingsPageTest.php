<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Settings;

use Platen\WordPress\Settings\ConnectionTest;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsFields;
use Platen\WordPress\Settings\SettingsPage;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Settings\Schema;
use Platen\WordPress\Sidecar\SidecarGateway;
use Platen\WordPress\Tests\TestCase;
use Platen\WordPress\Trace\Timings;

final class SettingsPageTest extends TestCase {

	private const SECRET = 'psk_UExBTlRFRFBMQU5URURQTEFOVEVEUExBTlRFRFBMQU4';

	protected function setUp(): void {
		parent::setUp();
		require_once ABSPATH . 'wp-admin/includes/admin.php';
		$this->log_in( 'administrator' );
	}

	public function test_every_setting_has_a_field_and_every_field_a_setting(): void {
		self::assertEqualsCanonicalizing( array_keys( Schema::properties() ), array_keys( SettingsFields::all() ) );
	}

	public function test_a_value_fixed_by_a_constant_cannot_be_edited(): void {
		$page = $this->page( array( 'PLATEN_SITE_ID' => 'fixed-site' ) );

		self::assertMatchesRegularExpression( '/<input[^>]*name="platen_settings\[site_id\]"[^>]*value="fixed-site"[^>]*disabled/', $page );
		self::assertStringContainsString( 'Fixed by PLATEN_SITE_ID in wp-config.php', $page );
		self::assertDoesNotMatchRegularExpression( '/<[^>]*name="platen_settings\[model\]"[^>]*disabled/', $page );
	}

	public function test_a_secret_is_told_as_set_and_never_shown(): void {
		$page = $this->page( array( 'PLATEN_SITE_ID' => 'test-site', Secrets::SITE_SECRET => self::SECRET ) );

		self::assertStringNotContainsString( 'UExBTlRFR', $page );
		self::assertStringNotContainsString( 'PLANTED', $page );
		self::assertMatchesRegularExpression( '/PLATEN_SITE_SECRET<\/code>\s*<span[^>]*>Set in wp-config\.php/', $page );
		self::assertMatchesRegularExpression( '/PLATEN_WEBHOOK_SECRET<\/code>\s*<span[^>]*>Missing/', $page );
		self::assertStringContainsString( 'platend site add test-site --url', $page );
	}

	public function test_the_daemon_is_told_as_connected_or_away(): void {
		self::assertStringContainsString( 'The daemon cannot be reached', $this->page( array( 'PLATEN_SITE_ID' => 'test-site' ) ) );

		$this->daemon->start();

		$page = $this->page( array( 'PLATEN_SITE_ID' => 'test-site' ) );
		self::assertStringContainsString( 'Connected', $page );
		self::assertStringContainsString( '<dd>0.1.0</dd>', $page );
	}

	public function test_values_are_escaped(): void {
		$this->settings( array( 'system_prompt' => '</textarea><script>alert(1)</script>' ) );

		self::assertStringNotContainsString( '<script>alert', $this->page( array() ) );
	}

	/** @param array<string, string> $constants What wp-config.php holds. */
	private function page( array $constants ): string {
		$fixed    = new Constants( $constants );
		$settings = new SettingsRepository( $fixed );
		$test     = new ConnectionTest( $settings, new SidecarGateway( $settings, new Timings() ) );
		$page     = new SettingsPage( $settings, new Secrets( $fixed ), $test );

		$GLOBALS['wp_settings_sections'] = array();
		$GLOBALS['wp_settings_fields']   = array();
		$page->add_fields();
		ob_start();
		$page->render();

		return (string) ob_get_clean();
	}
}
