<?php
/**
 * Errors over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidSignature;
use Platen\Exception\PlatenException;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;

/**
 * The one place where failures become REST errors.
 *
 * @since 0.1.0
 */
final class RestErrors {

	private const PREFIX = 'platen_';

	/**
	 * Runs a callback and turns what it throws into an error.
	 *
	 * @param callable(): \WP_REST_Response $work The callback.
	 */
	public static function guarded( callable $work ): \WP_REST_Response|\WP_Error {
		try {
			return $work();
		} catch ( \Throwable $failure ) {
			return self::from( $failure );
		}
	}

	/**
	 * Runs a permission check and turns what it throws into an error.
	 *
	 * @param callable(): mixed $check Throws when the caller may not.
	 */
	public static function permitted( callable $check ): bool|\WP_Error {
		try {
			$check();
		} catch ( \Throwable $failure ) {
			return self::from( $failure );
		}

		return true;
	}

	/**
	 * Turns a failure into an error with the visitor's words.
	 *
	 * @param \Throwable $failure The failure.
	 */
	public static function from( \Throwable $failure ): \WP_Error {
		$code = match ( true ) {
			$failure instanceof Failure          => $failure->error_code,
			$failure instanceof InvalidKey       => 'not_configured',
			$failure instanceof InvalidSignature => $failure->errorCode,
			default                              => 'internal',
		};
		if ( 'internal' === $code ) {
			self::log( $failure );
		}
		$data = array( 'status' => self::status( $code ) );
		if ( $failure instanceof Failure && null !== $failure->retry_after_s ) {
			$data['retry_after'] = $failure->retry_after_s;
		}

		return new \WP_Error( self::PREFIX . $code, VisitorMessages::of( $code ), $data );
	}

	/**
	 * Gives the waiting time that an error asks for, in seconds.
	 *
	 * @param \WP_Error $error The error.
	 */
	public static function retry_after_s( \WP_Error $error ): ?int {
		$data = $error->get_error_data();

		return is_array( $data ) && isset( $data['retry_after'] ) ? (int) $data['retry_after'] : null;
	}

	/**
	 * Gives a code's HTTP status.
	 *
	 * @param string $code The code.
	 */
	private static function status( string $code ): int {
		return match ( $code ) {
			'invalid_request'                                    => 400,
			'session_required', 'invalid_token', 'token_expired', 'token_not_yet_valid', 'unsupported_algorithm',
			'invalid_signature', 'timestamp_out_of_tolerance'    => 401,
			'forbidden', 'anonymous_not_allowed'                 => 403,
			'job_not_found', 'conversation_not_found'            => 404,
			'idempotency_conflict', 'invalid_transition'         => 409,
			'webhooks_off'                                       => 410,
			'payload_too_large'                                  => 413,
			'rate_limited'                                       => 429,
			'daemon_unavailable', 'not_configured'               => 503,
			default                                              => 500,
		};
	}

	/**
	 * Logs a fault of ours by kind and place. Its message is left out when it is not ours: it may quote a prompt.
	 *
	 * @param \Throwable $failure The fault.
	 */
	private static function log( \Throwable $failure ): void {
		$reason = match ( true ) {
			$failure instanceof PlatenException => $failure->errorCode,
			$failure instanceof StorageFailed   => $failure->getMessage(),
			default                             => $failure::class,
		};

		// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- A fault must leave a trace for the operator.
		error_log( sprintf( 'platen: %s at %s:%d', $reason, basename( $failure->getFile() ), $failure->getLine() ) );
	}
}
