<?php
/**
 * Trusting webhooks.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidSignature;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Settings\Secrets;

use function Platen\webhook_verify;

/**
 * Checks that a request comes from the site's daemon, after Standard Webhooks.
 *
 * @since 0.1.0
 */
final class WebhookVerifier {

	private const TOLERANCE_S = 300;

	/**
	 * Takes key and time.
	 *
	 * @param Secrets $secrets The site's keys.
	 * @param Clock   $clock   The present.
	 */
	public function __construct( private readonly Secrets $secrets, private readonly Clock $clock ) {
	}

	/**
	 * Gives the id of a webhook whose signature holds for the raw body.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @throws InvalidSignature If it does not hold, or is too old.
	 * @throws InvalidKey If a secret of the site is missing or malformed.
	 */
	public function verify( \WP_REST_Request $request ): string {
		$headers = array();
		foreach ( array( 'webhook-id', 'webhook-timestamp', 'webhook-signature' ) as $name ) {
			$headers[ $name ] = (string) $request->get_header( $name );
		}

		return webhook_verify(
			(string) $request->get_body(),
			$headers,
			$this->secrets->webhook_keys(),
			self::TOLERANCE_S,
			$this->clock->now()->getTimestamp()
		);
	}
}
