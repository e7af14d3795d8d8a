<?php
/**
 * Webhooks over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Webhooks\WebhookEvent;
use Platen\WordPress\Webhooks\WebhookService;
use Platen\WordPress\Webhooks\WebhookVerifier;

/**
 * `POST /webhook`: the daemon reports the end of a job.
 *
 * @since 0.1.0
 */
final class WebhookController {

	/**
	 * Takes the parts.
	 *
	 * @param WebhookVerifier $verifier Checks signatures.
	 * @param WebhookService  $webhooks Gives webhooks their effect.
	 */
	public function __construct( private readonly WebhookVerifier $verifier, private readonly WebhookService $webhooks ) {
	}

	/**
	 * Registers the route. It has no arguments on purpose: nothing of the body is looked at before its signature.
	 */
	public function register_routes(): void {
		register_rest_route(
			Scope::ROUTES,
			'/webhook',
			array(
				array(
					'methods'             => \WP_REST_Server::CREATABLE,
					'callback'            => array( $this, 'receive' ),
					'permission_callback' => array( $this, 'check_signature' ),
					'args'                => array(),
				),
				'schema' => array( $this, 'schema' ),
			)
		);
	}

	/**
	 * Lets in what the site's daemon has signed.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function check_signature( \WP_REST_Request $request ): bool|\WP_Error {
		return RestErrors::permitted( fn () => $this->verifier->verify( $request ) );
	}

	/**
	 * Takes the report.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function receive( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function () use ( $request ): \WP_REST_Response {
				$event = WebhookEvent::from_body( $this->verifier->verify( $request ), (string) $request->get_body() );

				return new \WP_REST_Response( array( 'applied' => $this->webhooks->receive( $event ) ) );
			}
		);
	}

	/**
	 * Describes the answer.
	 *
	 * @return array<string, mixed>
	 */
	public function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'platen_webhook_receipt',
			'type'       => 'object',
			'properties' => array( 'applied' => array( 'type' => 'boolean' ) ),
		);
	}
}
