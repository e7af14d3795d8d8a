<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests;

use Platen\Job\JobId;
use Platen\SigningKey;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Rest\Scope;
use Platen\WordPress\Services;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\Support\FixedClock;

/**
 * A test inside WordPress: empty tables, a clock that stands, and a daemon that is away until the test starts it.
 */
abstract class TestCase extends \PHPUnit\Framework\TestCase {

	protected FixedClock $clock;
	protected FakeDaemon $daemon;

	/** What wp-config.php holds; the real constants unless a test says otherwise. */
	protected Constants $constants;

	/** @var array<string, \WP_Hook> */
	private array $hooks = array();

	/** @var list<int> */
	private array $users = array();

	protected function setUp(): void {
		parent::setUp();
		$this->hooks  = array_map( static fn ( \WP_Hook $hook ): \WP_Hook => clone $hook, $GLOBALS['wp_filter'] );
		$this->clock  = new FixedClock( new \DateTimeImmutable( '2026-11-20T16:00:00.123456Z' ) );
		$this->daemon = FakeDaemon::away();
		$this->constants = new Constants();

		$this->settings( array() );
		foreach ( $this->services()->schema->all() as $table ) {
			$GLOBALS['wpdb']->query( "DELETE FROM {$table}" );
		}
		$_SERVER['REMOTE_ADDR'] = '192.0.2.1';
		wp_set_current_user( 0 );
	}

	protected function tearDown(): void {
		$this->daemon->clean_up();
		wp_set_current_user( 0 );
		array_map( 'wp_delete_user', $this->users );
		delete_option( SettingsRepository::OPTION );
		$GLOBALS['wp_filter'] = $this->hooks;
		parent::tearDown();
	}

	/** Builds the objects as one PHP request has them: nothing is remembered from the last one. */
	protected function services(): Services {
		return new Services( $GLOBALS['wpdb'], $this->clock, $this->constants );
	}

	/**
	 * Stores settings; the socket is the fake daemon's.
	 *
	 * @param array<string, mixed> $settings Those that differ from the defaults.
	 */
	protected function settings( array $settings ): void {
		// The fake daemon is a PHP process on a busy machine: the deadline under test is set by the tests that need it.
		update_option(
			SettingsRepository::OPTION,
			$settings + array(
				'socket'      => $this->daemon->socket(),
				'deadline_ms' => 2000,
			)
		);
	}

	/** Logs a new user in. */
	protected function log_in( string $role = 'subscriber' ): int {
		$login = 'user-' . bin2hex( random_bytes( 6 ) );
		$id    = wp_insert_user(
			array(
				'user_login' => $login,
				'user_pass'  => bin2hex( random_bytes( 12 ) ),
				'user_email' => $login . '@example.com',
				'role'       => $role,
			)
		);
		self::assertIsInt( $id );
		$this->users[] = $id;
		wp_set_current_user( $id );

		return $id;
	}

	/**
	 * Sends a REST request through WordPress, as a PHP request of its own.
	 *
	 * @param array<string, mixed>  $body    The JSON body.
	 * @param array<string, string> $headers Its headers.
	 */
	protected function rest( string $method, string $route, array $body = array(), array $headers = array() ): \WP_REST_Response {
		return $this->send( $method, $route, array() === $body ? '' : (string) wp_json_encode( $body ), $headers );
	}

	/**
	 * Sends a REST request with a raw body.
	 *
	 * @param array<string, string> $headers Its headers.
	 */
	protected function send( string $method, string $route, string $body, array $headers = array() ): \WP_REST_Response {
		$services = $this->services();
		$scope    = new Scope( $services->timings );
		remove_all_filters( 'rest_request_before_callbacks' );
		remove_all_filters( 'rest_request_after_callbacks' );
		$scope->register();
		$GLOBALS['wp_rest_server'] = new \WP_REST_Server();
		foreach ( $services->controllers( $scope ) as $controller ) {
			$controller->register_routes();
		}

		$request = new \WP_REST_Request( $method, '/ai/v1' . $route );
		$request->set_headers( $headers );
		if ( '' !== $body ) {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_body( $body );
		}

		return rest_ensure_response( rest_do_request( $request ) );
	}

	/**
	 * Asks a question.
	 *
	 * @param array<string, mixed>  $body    Fields that differ.
	 * @param array<string, string> $headers Headers.
	 */
	protected function ask( array $body = array(), array $headers = array() ): \WP_REST_Response {
		return $this->rest(
			'POST',
			'/chat',
			$body + array(
				'conversation_id' => '11111111-2222-4333-8444-555555555555',
				'message'         => 'What is a platen?',
			),
			$headers
		);
	}

	/** Asks and gives the job's id. */
	protected function asked_job( string $message = 'What is a platen?' ): string {
		$response = $this->ask( array( 'message' => $message ) );
		self::assertSame( 202, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );

		return $response->get_data()['job_id'];
	}

	/** Reads a job. */
	protected function job( string $job_id ): Job {
		$job = $this->services()->jobs->find( JobId::fromString( $job_id ) );
		self::assertNotNull( $job );

		return $job;
	}

	/** Begins an anonymous session and gives the header that names it. */
	protected function begin_session(): array {
		$response = $this->rest( 'POST', '/session' );
		self::assertSame( 201, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );

		return array( 'X-Platen-Session' => $response->get_data()['session'] );
	}

	/**
	 * Delivers a signed webhook.
	 *
	 * @param array<string, mixed> $data Fields of `data` that differ from a succeeded job.
	 */
	protected function deliver( string $job_id, array $data = array(), string $webhook_id = 'evt_1' ): \WP_REST_Response {
		$body = $this->webhook_body( $job_id, $data );

		return $this->send( 'POST', '/webhook', $body, $this->sign( $body, $webhook_id ) );
	}

	/** Writes a webhook's body. */
	protected function webhook_body( string $job_id, array $data = array() ): string {
		$data += array(
			'job_id'      => $job_id,
			'status'      => 'succeeded',
			'result'      => array( 'text' => 'It presses the paper.', 'finish_reason' => 'stop', 'model' => 'gpt-test', 'provider' => 'openai' ),
			'usage'       => array(
				'input_tokens' => 12, 'cached_input_tokens' => 2, 'output_tokens' => 34, 'reasoning_tokens' => 0,
				'cost_microusd' => 123, 'is_estimate' => false,
			),
			'error'       => null,
			'attempt'     => 1,
			'request_id'  => 'r1',
			'created_at'  => '2026-11-20T16:00:00.123456Z',
			'finished_at' => '2026-11-20T16:00:02.000000Z',
		);

		return (string) wp_json_encode( array( 'type' => 'job.' . $data['status'], 'timestamp' => '2026-11-20T16:00:02.000000Z', 'data' => $data ) );
	}

	/**
	 * Signs a webhook at the present of the test's clock.
	 *
	 * @return array<string, string>
	 */
	protected function sign( string $body, string $webhook_id, ?int $timestamp = null ): array {
		$timestamp ??= $this->clock->now()->getTimestamp();
		$key         = SigningKey::fromString( PLATEN_WEBHOOK_SECRET );

		return array(
			'webhook-id'        => $webhook_id,
			'webhook-timestamp' => (string) $timestamp,
			'webhook-signature' => \Platen\webhook_sign( $webhook_id, $timestamp, $body, $key ),
		);
	}

	/** The fields of a job that died. */
	protected static function death( int $attempt = 3 ): array {
		return array(
			'status'  => 'dead',
			'result'  => null,
			'usage'   => null,
			'error'   => array( 'code' => 'provider_failed', 'message' => 'the provider answered 500' ),
			'attempt' => $attempt,
		);
	}
}
