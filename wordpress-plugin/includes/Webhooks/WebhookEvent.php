<?php
/**
 * What the daemon reports.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\Exception\InvalidInput;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Jobs\JobEnd;

/**
 * One verified webhook.
 *
 * @since 0.1.0
 */
final class WebhookEvent {

	/**
	 * Takes id and end.
	 *
	 * @param string $id  Stable over retries of the delivery.
	 * @param JobEnd $end The end it reports.
	 */
	private function __construct( public readonly string $id, public readonly JobEnd $end ) {
	}

	/**
	 * Reads a body whose signature holds.
	 *
	 * @param string $id   The `webhook-id`.
	 * @param string $body The raw body.
	 * @throws Failure If it is not of the documented form.
	 */
	public static function from_body( string $id, string $body ): self {
		$event = json_decode( $body, true );
		$data  = is_array( $event ) ? $event['data'] ?? null : null;
		if ( ! is_array( $data ) ) {
			throw Failure::malformed( 'data' );
		}

		try {
			return new self( $id, JobEnd::from_webhook( $data ) );
		} catch ( InvalidInput ) {
			throw Failure::malformed( 'data.job_id' );
		}
	}
}
