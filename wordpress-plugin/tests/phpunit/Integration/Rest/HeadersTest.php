<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

final class HeadersTest extends TestCase {

	public function test_the_request_id_of_the_browser_goes_through(): void {
		$this->daemon->start();
		$this->log_in();

		$response = $this->ask( array(), array( 'X-Request-Id' => 'browser.42' ) );

		self::assertSame( 'browser.42', $response->get_headers()['X-Request-Id'] );
		self::assertSame( 'browser.42', $this->job( $response->get_data()['job_id'] )->request_id );
		self::assertSame( 'browser.42', $this->daemon->requests( FakeDaemon::SUBMIT )[0]['job']['request_id'] );
	}

	public function test_the_trace_of_the_browser_goes_through(): void {
		$this->daemon->start();
		$this->log_in();

		$response = $this->ask( array(), array( 'traceparent' => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' ) );

		self::assertSame( '0af7651916cd43dd8448eb211c80319c', $response->get_headers()['X-Request-Id'] );
		self::assertStringStartsWith( '00-0af7651916cd43dd8448eb211c80319c-', $this->daemon->requests( FakeDaemon::SUBMIT )[0]['job']['traceparent'] );
	}

	public function test_a_malformed_request_id_is_replaced(): void {
		$this->log_in();

		$response = $this->ask( array(), array( 'X-Request-Id' => "a b\nSet-Cookie: x" ) );

		self::assertMatchesRegularExpression( '/\A[0-9a-f]{32}\z/', $response->get_headers()['X-Request-Id'] );
	}

	/** @dataProvider errors */
	public function test_errors_have_the_headers_too( string $method, string $route, int $status ): void {
		$response = $this->rest( $method, $route, array(), array( 'X-Request-Id' => 'r7' ) );

		self::assertSame( $status, $response->get_status() );
		self::assertSame( 'r7', $response->get_headers()['X-Request-Id'] );
		self::assertSame( 'no-store', $response->get_headers()['Cache-Control'] );
		self::assertStringStartsWith( 'app;dur=', $response->get_headers()['Server-Timing'] );
	}

	public static function errors(): array {
		return array(
			'bad arguments'  => array( 'POST', '/chat', 400 ),
			'no permission'  => array( 'GET', '/jobs/0193d2e0-0000-7000-8000-000000000000', 401 ),
			'no signature'   => array( 'POST', '/webhook', 401 ),
			'not allowed'    => array( 'POST', '/session', 403 ),
		);
	}

	public function test_the_timing_names_limit_and_hand_off(): void {
		$this->daemon->start();
		$this->log_in();

		self::assertMatchesRegularExpression(
			'/\Aapp;dur=[0-9.]+, ratelimit;dur=[0-9.]+, handoff;dur=[0-9.]+\z/',
			$this->ask()->get_headers()['Server-Timing']
		);
	}

	public function test_routes_of_others_are_left_alone(): void {
		( new \Platen\WordPress\Rest\Scope( new \Platen\WordPress\Trace\Timings() ) )->register();
		$GLOBALS['wp_rest_server'] = new \WP_REST_Server();
		register_rest_route( 'other/v1', '/x', array( 'methods' => 'GET', 'callback' => static fn () => array( 1 ), 'permission_callback' => '__return_true' ) );

		self::assertArrayNotHasKey( 'X-Request-Id', rest_do_request( '/other/v1/x' )->get_headers() );
	}
}
