<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Settings;

use Platen\WordPress\Settings\ConnectionReport;
use Platen\WordPress\Settings\ConnectionState;
use Platen\WordPress\Settings\ConnectionTest;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Sidecar\SidecarGateway;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;
use Platen\WordPress\Trace\Timings;

final class ConnectionTestTest extends TestCase {

	public function test_a_daemon_that_knows_the_site_is_connected(): void {
		$this->daemon->start();

		$report = $this->test();

		self::assertTrue( $report->is_good() );
		self::assertSame( '0.1.0', $report->facts()['Version'] );
		self::assertGreaterThan( 0.0, $report->ping_ms );
	}

	public function test_a_daemon_that_is_away_is_told_with_what_to_do(): void {
		$report = $this->test();

		self::assertSame( ConnectionState::Away, $report->state );
		self::assertFalse( $report->is_good() );
		self::assertStringContainsString( 'nothing is lost', $report->advice() );
		self::assertStringContainsString( $this->daemon->socket(), $report->facts()['Detail'] );
	}

	/** @return array<string, array{string, ConnectionState}> */
	public function refusals(): array {
		return array(
			'the site was not added' => array( 'unknown_site', ConnectionState::UnknownSite ),
			'PHP may not connect'    => array( 'peer_not_allowed', ConnectionState::NotAllowed ),
			'the daemon shuts down'  => array( 'draining', ConnectionState::Refused ),
		);
	}

	/** @dataProvider refusals */
	public function test_a_refusal_is_told_by_its_cause( string $code, ConnectionState $state ): void {
		$this->daemon->start();
		$this->daemon->refuse( FakeDaemon::STATUS, $code );

		$report = $this->test();

		self::assertSame( $state, $report->state );
		self::assertSame( $code, $report->error_code );
		self::assertNotSame( '', $report->advice() );
	}

	public function test_without_a_site_id_nothing_is_asked(): void {
		self::assertSame( ConnectionState::NotConfigured, $this->test( array() )->state );
	}

	/** @param array<string, string> $constants What wp-config.php holds. */
	private function test( array $constants = array( 'PLATEN_SITE_ID' => 'test-site' ) ): ConnectionReport {
		$settings = new SettingsRepository( new Constants( $constants ) );

		return ( new ConnectionTest( $settings, new SidecarGateway( $settings, new Timings() ) ) )->run( 2000 );
	}
}
