<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

final class RateLimitTest extends TestCase {

	public function test_the_daemon_counts_a_users_questions(): void {
		$this->daemon->start();
		$this->settings( array( 'rate_limit' => 2, 'rate_window_s' => 60 ) );
		$user = $this->log_in();
		$this->asked_job( 'one' );
		$this->asked_job( 'two' );

		$response = $this->ask( array( 'message' => 'three' ) );

		self::assertSame( 429, $response->get_status() );
		self::assertSame( 'platen_rate_limited', $response->get_data()['code'] );
		self::assertSame( '5', $response->get_headers()['Retry-After'], '4.2 s of the daemon, rounded up.' );
		self::assertSame( 5, $response->get_data()['data']['retry_after'] );
		$asked = $this->daemon->requests( FakeDaemon::RATE_LIMIT )[0];
		self::assertSame( array( "chat:user:{$user}", 2, 60_000, 1 ), array( $asked['key'], $asked['limit'], $asked['window_ms'], $asked['cost'] ) );
		self::assertSame( 2, $this->services()->jobs->page( null, 1, 10 )->total );
	}

	public function test_without_the_daemon_the_rows_of_the_window_count(): void {
		$this->settings( array( 'rate_limit' => 2, 'rate_window_s' => 60 ) );
		$this->log_in();
		$this->asked_job( 'one' );
		$this->clock->advance( 20 );
		$this->asked_job( 'two' );

		$refused = $this->ask( array( 'message' => 'three' ) );
		$this->clock->advance( 41 );
		$allowed = $this->ask( array( 'message' => 'three' ) );

		self::assertSame( 429, $refused->get_status() );
		self::assertSame( '40', $refused->get_headers()['Retry-After'] );
		self::assertSame( 202, $allowed->get_status() );
	}

	public function test_one_users_questions_do_not_count_for_another(): void {
		$this->settings( array( 'rate_limit' => 1 ) );
		$this->log_in();
		$this->asked_job();
		$this->log_in();

		self::assertSame( 202, $this->ask( array( 'conversation_id' => '99999999-2222-4333-8444-555555555555' ) )->get_status() );
	}

	/** @dataProvider daemon_present */
	public function test_a_new_session_brings_no_new_tokens( bool $is_present ): void {
		if ( $is_present ) {
			$this->daemon->start();
		}
		$this->settings( array( 'anonymous' => true, 'anonymous_rate_limit' => 2 ) );
		$conversation = static fn ( int $n ): array => array( 'conversation_id' => "{$n}1111111-2222-4333-8444-555555555555" );
		for ( $n = 1; $n <= 2; ++$n ) {
			self::assertSame( 202, $this->ask( $conversation( $n ), $this->begin_session() )->get_status() );
		}

		$same_address = $this->ask( $conversation( 3 ), $this->begin_session() );
		$_SERVER['REMOTE_ADDR'] = '198.51.100.7';
		$other_address = $this->ask( $conversation( 4 ), $this->begin_session() );

		self::assertSame( 429, $same_address->get_status() );
		self::assertSame( 202, $other_address->get_status() );
	}

	public static function daemon_present(): array {
		return array(
			'daemon counts' => array( true ),
			'rows count'    => array( false ),
		);
	}

	public function test_neighbours_in_one_ipv6_network_share_a_limit(): void {
		$this->settings( array( 'anonymous' => true, 'anonymous_rate_limit' => 1 ) );
		$_SERVER['REMOTE_ADDR'] = '2001:db8:1:2::1';
		$this->ask( array(), $this->begin_session() );
		$_SERVER['REMOTE_ADDR'] = '2001:db8:1:2:ffff::9';

		$response = $this->ask( array( 'conversation_id' => '99999999-2222-4333-8444-555555555555' ), $this->begin_session() );

		self::assertSame( 429, $response->get_status() );
	}

	public function test_the_address_itself_is_kept_nowhere(): void {
		$this->settings( array( 'anonymous' => true ) );
		$job_id = $this->ask( array(), $this->begin_session() )->get_data()['job_id'];

		$row = $GLOBALS['wpdb']->get_row( "SELECT * FROM {$this->services()->schema->jobs()}", ARRAY_A );

		self::assertSame( $job_id, $row['id'] );
		self::assertStringNotContainsString( '192.0.2.1', (string) wp_json_encode( $row ) );
	}

	public function test_sessions_are_limited_by_address(): void {
		$this->daemon->start();
		$this->settings( array( 'anonymous' => true ) );
		for ( $n = 0; $n < 60; ++$n ) {
			$this->begin_session();
		}

		self::assertSame( 429, $this->rest( 'POST', '/session' )->get_status() );
	}
}
