<?php
/**
 * What a visitor asks.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Chat;

use Platen\Job\RequestId;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Sessions\Owner;

/**
 * One checked question.
 *
 * @since 0.1.0
 */
final class Question {

	/**
	 * What is asked: valid UTF-8 without control characters, not empty.
	 *
	 * @var string
	 */
	public readonly string $message;

	/**
	 * Takes the request's parts.
	 *
	 * @param Owner       $owner           Who asks.
	 * @param string|null $client_hash     The address's hash of an anonymous visitor.
	 * @param string      $conversation_id A UUID in lower case.
	 * @param string      $message         As it was sent.
	 * @param string|null $idempotency_key The browser's; null for a question that is its own.
	 * @param RequestId   $request_id      Follows the request through every part.
	 * @param string      $traceparent     W3C Trace Context for the hand-off.
	 * @throws Failure If the message is empty.
	 */
	public function __construct(
		public readonly Owner $owner,
		public readonly ?string $client_hash,
		public readonly string $conversation_id,
		string $message,
		public readonly ?string $idempotency_key,
		public readonly RequestId $request_id,
		public readonly string $traceparent
	) {
		$message       = str_replace( array( "\r\n", "\r" ), "\n", wp_check_invalid_utf8( $message ) );
		$message       = trim( (string) preg_replace( '/[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/', '', $message ) );
		$this->message = '' === $message ? throw Failure::empty_message() : $message;
	}

	/**
	 * Gives the key that the job's row is unique by, or null without one of the browser's.
	 *
	 * Hashed with the owner, so that nobody can meet another's job by choosing the same key, and so that two keys that
	 * differ in case stay two in a database that compares without it.
	 */
	public function row_key(): ?string {
		return null === $this->idempotency_key
			? null
			: hash( 'sha256', $this->owner->subject() . "\n" . $this->idempotency_key );
	}
}
