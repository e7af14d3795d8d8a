<?php
/**
 * What the daemon reports.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\Exception\InvalidInput;
use Platen\Job\JobId;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Jobs\JobEnd;

/**
 * One event of the daemon, whether a webhook brought it, a batch of them or a page of results.
 *
 * @since 0.1.0
 */
final class WebhookEvent {

	/**
	 * Takes what was read.
	 *
	 * @param string       $id     The same whichever way the event comes, and however often.
	 * @param JobId        $job_id The job that has ended.
	 * @param array<mixed> $data   The `data` of the event.
	 */
	private function __construct( public readonly string $id, public readonly JobId $job_id, private readonly array $data ) {
	}

	/**
	 * Reads an event.
	 *
	 * @param string $id    The `webhook-id`.
	 * @param mixed  $event The body, decoded.
	 * @throws Failure If it is not of the documented form.
	 */
	public static function read( string $id, mixed $event ): self {
		$data = is_array( $event ) ? $event['data'] ?? null : null;
		if ( ! is_array( $data ) ) {
			throw Failure::malformed( 'data' );
		}

		try {
			return new self( $id, JobId::fromString( is_string( $data['job_id'] ?? null ) ? $data['job_id'] : '' ), $data );
		} catch ( InvalidInput ) {
			throw Failure::malformed( 'data.job_id' );
		}
	}

	/**
	 * Tells whether the answer was too long to come along: it has to be read from the daemon.
	 */
	public function is_by_reference(): bool {
		return ! isset( $this->data['result'] ) && isset( $this->data['result_ref'] );
	}

	/**
	 * Gives the end that it reports.
	 *
	 * @param array<string, string>|null $answer The answer, when it did not come along.
	 * @throws Failure If a field is missing or not of its documented form.
	 */
	public function end( ?array $answer = null ): JobEnd {
		return JobEnd::from_webhook( null === $answer ? $this->data : array( 'result' => $answer ) + $this->data );
	}
}
