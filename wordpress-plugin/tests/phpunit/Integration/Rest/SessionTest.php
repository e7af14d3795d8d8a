<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\SigningKey;
use Platen\WordPress\Tests\TestCase;

use function Platen\jwt_encode;

final class SessionTest extends TestCase {

	protected function setUp(): void {
		parent::setUp();
		$this->settings( array( 'anonymous' => true ) );
	}

	public function test_a_visitor_gets_a_session_for_a_day(): void {
		$response = $this->rest( 'POST', '/session' );

		self::assertSame( 201, $response->get_status() );
		self::assertSame( 'no-store', $response->get_headers()['Cache-Control'] );
		self::assertSame( '2026-11-21T16:00:00.123456Z', $response->get_data()['expires_at'] );
	}

	public function test_a_session_may_ask_and_sees_its_own(): void {
		$session = $this->begin_session();

		$job_id = $this->ask( array(), $session )->get_data()['job_id'];

		self::assertSame( 200, $this->rest( 'GET', "/jobs/{$job_id}", array(), $session )->get_status() );
		self::assertSame( 404, $this->rest( 'GET', "/jobs/{$job_id}", array(), $this->begin_session() )->get_status() );
	}

	public function test_where_anonymous_visitors_are_not_allowed_there_is_no_session(): void {
		$session = $this->begin_session();
		$this->settings( array( 'anonymous' => false ) );

		$new = $this->rest( 'POST', '/session' );
		$old = $this->ask( array(), $session );

		self::assertSame( array( 403, 'platen_anonymous_not_allowed' ), array( $new->get_status(), $new->get_data()['code'] ) );
		self::assertSame( array( 403, 'platen_anonymous_not_allowed' ), array( $old->get_status(), $old->get_data()['code'] ) );
	}

	public function test_a_session_ends(): void {
		$session = $this->begin_session();
		$this->clock->advance( DAY_IN_SECONDS + 1 );

		$response = $this->ask( array(), $session );

		self::assertSame( array( 401, 'platen_token_expired' ), array( $response->get_status(), $response->get_data()['code'] ) );
	}

	/** @dataProvider foreign_claims */
	public function test_a_token_for_something_else_is_no_session( array $claims ): void {
		$now   = $this->clock->now()->getTimestamp();
		$token = jwt_encode(
			$claims + array(
				'iss' => PLATEN_SITE_ID,
				'aud' => 'platen:session',
				'sub' => 'session:11111111-2222-4333-8444-555555555555',
				'iat' => $now,
				'exp' => $now + 60,
			),
			SigningKey::fromString( PLATEN_SITE_SECRET )
		);

		$response = $this->ask( array(), array( 'X-Platen-Session' => $token ) );

		self::assertSame( array( 401, 'platen_invalid_token' ), array( $response->get_status(), $response->get_data()['code'] ) );
	}

	public static function foreign_claims(): array {
		return array(
			'a stream token'   => array( array( 'aud' => 'platen:stream' ) ),
			'another site'     => array( array( 'iss' => 'other-site' ) ),
			'a user'           => array( array( 'sub' => 'user:1' ) ),
			'a broken subject' => array( array( 'sub' => 'session:1' ) ),
		);
	}

	public function test_a_token_of_another_key_is_no_session(): void {
		$token = jwt_encode(
			array( 'iss' => PLATEN_SITE_ID, 'aud' => 'platen:session', 'sub' => 'session:11111111-2222-4333-8444-555555555555', 'exp' => 4_000_000_000 ),
			SigningKey::fromString( str_repeat( 'k', 32 ) )
		);

		self::assertSame( 401, $this->ask( array(), array( 'X-Platen-Session' => $token ) )->get_status() );
	}

	public function test_a_session_is_not_a_user(): void {
		$user = $this->log_in();
		$job  = $this->asked_job();
		wp_set_current_user( 0 );

		self::assertSame( 404, $this->rest( 'GET', "/jobs/{$job}", array(), $this->begin_session() )->get_status() );
		self::assertGreaterThan( 0, $user );
	}
}
