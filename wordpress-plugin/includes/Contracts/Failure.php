<?php
/**
 * Why a request cannot be fulfilled.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Contracts;

/**
 * A refusal of one of our services, with the stable code that REST, CLI and the job list show.
 *
 * The codes are those of the daemon (`src/core/src/code.rs`) and the few that only WordPress knows.
 * The message is for operators; {@see \Platen\WordPress\Rest\VisitorMessages} has the visitor's words.
 *
 * @since 0.1.0
 */
final class Failure extends \RuntimeException {

	/**
	 * Takes the code and what is known.
	 *
	 * @param string          $error_code    The stable code, without prefix.
	 * @param string          $message       A sentence for operators; holds no secret and no prompt.
	 * @param int|null        $retry_after_s How long to wait before trying again, in seconds.
	 * @param \Throwable|null $previous      The cause.
	 */
	private function __construct(
		public readonly string $error_code,
		string $message,
		public readonly ?int $retry_after_s = null,
		?\Throwable $previous = null
	) {
		parent::__construct( $message, 0, $previous );
	}

	/** The caller is nobody: neither logged in nor with a session. */
	public static function session_required(): self {
		return new self( 'session_required', 'the request has neither a logged-in user nor a session' );
	}

	/** The site does not answer visitors without an account. */
	public static function anonymous_not_allowed(): self {
		return new self( 'anonymous_not_allowed', 'the site does not allow anonymous visitors' );
	}

	/** The user's role lacks `read`. */
	public static function forbidden(): self {
		return new self( 'forbidden', 'the user may not use the chat' );
	}

	/**
	 * A session token does not hold.
	 *
	 * @param string          $error_code `invalid_token`, `token_expired` …
	 * @param \Throwable|null $previous   The cause.
	 */
	public static function invalid_session( string $error_code, ?\Throwable $previous = null ): self {
		return new self( $error_code, 'the session token does not hold', null, $previous );
	}

	/** No such job, or not the caller's. */
	public static function job_not_found(): self {
		return new self( 'job_not_found', 'the caller has no such job' );
	}

	/** No such conversation, or not the caller's. */
	public static function conversation_not_found(): self {
		return new self( 'conversation_not_found', 'the caller has no such conversation' );
	}

	/** The message holds nothing that can be sent. */
	public static function empty_message(): self {
		return new self( 'invalid_request', 'the message is empty' );
	}

	/**
	 * A signed body is not of the documented form.
	 *
	 * @param string $field The first field that is missing or wrong.
	 */
	public static function malformed( string $field ): self {
		return new self( 'invalid_request', sprintf( 'the field "%s" is missing or not of its documented form', $field ) );
	}

	/** The idempotency key was used before for another message. */
	public static function idempotency_conflict(): self {
		return new self( 'idempotency_conflict', 'the idempotency key was used before with another body' );
	}

	/** Only a dead job can be retried. */
	public static function not_dead(): self {
		return new self( 'invalid_transition', 'only a dead job can be retried' );
	}

	/** The prompt cannot be made to fit. */
	public static function payload_too_large(): self {
		return new self( 'payload_too_large', 'the prompt does not fit the limits of one job' );
	}

	/**
	 * The caller has used up the limit.
	 *
	 * @param int $retry_after_s When the next request is allowed, in seconds.
	 */
	public static function rate_limited( int $retry_after_s ): self {
		return new self( 'rate_limited', 'the limit of requests is reached', max( 1, $retry_after_s ) );
	}

	/** The site takes no webhooks; it asks for its results. */
	public static function webhooks_off(): self {
		return new self( 'webhooks_off', 'webhooks are turned off in wp-config.php' );
	}

	/** The daemon is needed now and is away. */
	public static function daemon_unavailable(): self {
		return new self( 'daemon_unavailable', 'the daemon did not answer in time', 5 );
	}

	/**
	 * A constant of wp-config.php or a setting is missing.
	 *
	 * @param \Throwable|null $previous The cause.
	 */
	public static function not_configured( ?\Throwable $previous = null ): self {
		return new self( 'not_configured', 'the site id or a secret is missing or malformed', null, $previous );
	}
}
