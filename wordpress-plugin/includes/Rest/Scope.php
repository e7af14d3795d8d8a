<?php
/**
 * What belongs to one REST request.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\Job\RequestId;
use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Trace\Timings;

/**
 * Gives every request of our routes its id, and every answer (errors too) its headers.
 *
 * @since 0.1.0
 */
final class Scope implements Registrable {

	public const ROUTES = 'ai/v1';

	/**
	 * The present request's id.
	 *
	 * @var RequestId|null
	 */
	private ?RequestId $request_id = null;

	/**
	 * When the present request came, in nanoseconds of the monotonic clock.
	 *
	 * @var int
	 */
	private int $begun_ns = 0;

	/**
	 * Takes what durations are noted in.
	 *
	 * @param Timings $timings Where the time goes.
	 */
	public function __construct( private readonly Timings $timings ) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_filter( 'rest_request_before_callbacks', array( $this, 'begin' ), 1, 3 );
		add_filter( 'rest_request_after_callbacks', array( $this, 'add_headers' ), 100, 3 );
		add_filter( 'rest_send_nocache_headers', array( $this, 'keep_our_cache_headers' ) );
		add_filter( 'rest_exposed_cors_headers', array( $this, 'expose_headers' ) );
	}

	/**
	 * Begins a request.
	 *
	 * @param mixed            $response Passed on.
	 * @param mixed            $handler  Not used.
	 * @param \WP_REST_Request $request  The request.
	 */
	public function begin( mixed $response, mixed $handler, \WP_REST_Request $request ): mixed {
		if ( self::is_ours( $request ) ) {
			$this->begun_ns   = hrtime( true );
			$this->request_id = RequestId::fromHeaders( $request->get_header( 'X-Request-Id' ), $request->get_header( 'traceparent' ) );
			$this->timings->reset();
		}

		return $response;
	}

	/**
	 * Gives the present request's id.
	 */
	public function request_id(): RequestId {
		return $this->request_id ??= RequestId::generate();
	}

	/**
	 * Gives the trace context to pass on.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function traceparent( \WP_REST_Request $request ): string {
		return $this->request_id()->traceparent( $request->get_header( 'traceparent' ) );
	}

	/**
	 * Adds the headers that every answer has. An error becomes a response here, because only a response has headers.
	 *
	 * @param mixed            $response The answer.
	 * @param mixed            $handler  Not used.
	 * @param \WP_REST_Request $request  The request.
	 */
	public function add_headers( mixed $response, mixed $handler, \WP_REST_Request $request ): mixed {
		if ( ! self::is_ours( $request ) ) {
			return $response;
		}
		$retry_after_s = is_wp_error( $response ) ? RestErrors::retry_after_s( $response ) : null;
		$response      = is_wp_error( $response ) ? rest_convert_error_to_response( $response ) : rest_ensure_response( $response );

		$response->header( 'X-Request-Id', $this->request_id()->value );
		$response->header( 'Server-Timing', $this->server_timing() );
		if ( ! isset( $response->get_headers()['Cache-Control'] ) ) {
			$response->header( 'Cache-Control', 'no-store' );
		}
		if ( null !== $retry_after_s ) {
			$response->header( 'Retry-After', (string) $retry_after_s );
		}

		return $response;
	}

	/**
	 * Keeps WordPress from writing its own Cache-Control over ours for logged-in users.
	 *
	 * @param bool $send What WordPress would do.
	 */
	public function keep_our_cache_headers( bool $send ): bool {
		return $send && null === $this->request_id;
	}

	/**
	 * Lets scripts of other origins read our headers, where the site allows those at all.
	 *
	 * @param string[] $headers The headers that may be read.
	 * @return string[]
	 */
	public function expose_headers( array $headers ): array {
		return array( ...$headers, 'X-Request-Id', 'Server-Timing', 'Location', 'Retry-After', 'ETag' );
	}

	/**
	 * Writes where the time went; `app` is all of the plugin's time, the waiting for the daemon included.
	 */
	private function server_timing(): string {
		$app   = sprintf( 'app;dur=%.2F', ( hrtime( true ) - $this->begun_ns ) / 1e6 );
		$parts = $this->timings->to_header();

		return '' === $parts ? $app : $app . ', ' . $parts;
	}

	/**
	 * Tells whether a request is for one of our routes.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	private static function is_ours( \WP_REST_Request $request ): bool {
		return str_starts_with( $request->get_route(), '/' . self::ROUTES . '/' );
	}
}
