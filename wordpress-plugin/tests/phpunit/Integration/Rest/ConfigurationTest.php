<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Tests\TestCase;

final class ConfigurationTest extends TestCase {

	/** @dataProvider incomplete_constants */
	public function test_a_site_that_is_not_set_up_takes_no_question( array $constants ): void {
		$this->constants = new Constants( $constants );
		$this->log_in();

		$response = $this->ask();

		self::assertSame( array( 503, 'platen_not_configured' ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 0, $this->services()->jobs->page( null, 1, 10 )->total );
	}

	public static function incomplete_constants(): array {
		return array(
			'nothing'       => array( array() ),
			'no secret'     => array( array( 'PLATEN_SITE_ID' => 'test-site' ) ),
			'short secret'  => array( array( 'PLATEN_SITE_ID' => 'test-site', 'PLATEN_SITE_SECRET' => 'psk_c2hvcnQ' ) ),
			'no site'       => array( array( 'PLATEN_SITE_SECRET' => str_repeat( 's', 40 ) ) ),
		);
	}

	public function test_without_the_webhooks_secret_the_daemon_is_told_to_come_again(): void {
		$this->constants = new Constants( array( 'PLATEN_SITE_ID' => 'test-site' ) );

		$response = $this->deliver( '0193d2e0-0000-7000-8000-000000000000' );

		self::assertSame( 503, $response->get_status() );
	}

	public function test_no_error_and_no_row_holds_a_secret(): void {
		$secret          = 'planted-secret-' . str_repeat( 'x', 30 );
		$this->constants = new Constants( array( 'PLATEN_SITE_ID' => 'test-site', 'PLATEN_SITE_SECRET' => $secret, 'PLATEN_WEBHOOK_SECRET' => $secret ) );
		$this->daemon->start();
		$this->log_in();

		$answers = array( $this->ask(), $this->ask( array(), array( 'X-Platen-Session' => 'x.y.z' ) ), $this->deliver( 'x' ) );

		foreach ( $answers as $answer ) {
			self::assertStringNotContainsString( 'planted', (string) wp_json_encode( array( $answer->get_data(), $answer->get_headers() ) ) );
		}
		foreach ( array( ...$this->services()->schema->all(), $GLOBALS['wpdb']->options ) as $table ) {
			self::assertStringNotContainsString( 'planted', (string) wp_json_encode( $GLOBALS['wpdb']->get_results( "SELECT * FROM {$table}" ) ), $table );
		}
	}
}
