<?php
/**
 * Webhooks over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Webhooks\WebhookBatch;
use Platen\WordPress\Webhooks\WebhookEvent;
use Platen\WordPress\Webhooks\WebhookService;
use Platen\WordPress\Webhooks\WebhookVerifier;

/**
 * `POST /webhook`: the daemon reports the end of a job, or of several in a batch.
 *
 * Where `PLATEN_WEBHOOKS` is false the answer is 410, so that the daemon stops: the site asks for its results instead.
 *
 * @since 0.1.0
 */
final class WebhookController {

	/** Whether the site takes webhooks; it does unless this is false. */
	public const CONSTANT = 'PLATEN_WEBHOOKS';

	/** Tells the daemon how many events it may put into one webhook. */
	private const BATCH_HEADER = 'Platen-Accepts-Batch';

	/**
	 * Takes the parts.
	 *
	 * @param WebhookVerifier $verifier  Checks signatures.
	 * @param WebhookService  $webhooks  Gives webhooks their effect.
	 * @param Constants       $constants What `wp-config.php` fixes.
	 */
	public function __construct(
		private readonly WebhookVerifier $verifier,
		private readonly WebhookService $webhooks,
		private readonly Constants $constants
	) {
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
				$id = $this->verifier->verify( $request );
				if ( false === $this->constants->flag( self::CONSTANT ) ) {
					throw Failure::webhooks_off();
				}
				$response = new \WP_REST_Response( $this->take( $id, json_decode( (string) $request->get_body(), true ) ) );
				$response->header( self::BATCH_HEADER, (string) WebhookBatch::MAX_EVENTS );

				return $response;
			}
		);
	}

	/**
	 * Gives one event its effect, or those of a batch.
	 *
	 * @param string $id   The `webhook-id`.
	 * @param mixed  $body The body, decoded.
	 * @return array{applied: bool}|array{events: list<array{id: string, status: int, applied: bool}>}
	 * @throws Failure If it is not of the documented form, or the daemon is needed and away.
	 */
	private function take( string $id, mixed $body ): array {
		if ( is_array( $body ) && WebhookBatch::TYPE === ( $body['type'] ?? null ) ) {
			$data = is_array( $body['data'] ?? null ) ? $body['data'] : array();

			return array( 'events' => ( new WebhookBatch( $this->webhooks ) )->receive( $data['events'] ?? null ) );
		}

		try {
			return array( 'applied' => $this->webhooks->receive( WebhookEvent::read( $id, $body ) ) );
		} catch ( DaemonAway ) {
			throw Failure::daemon_unavailable();
		}
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
			'properties' => array(
				'applied' => array( 'type' => 'boolean' ),
				'events'  => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => array(
							'id'      => array( 'type' => 'string' ),
							'status'  => array( 'type' => 'integer' ),
							'applied' => array( 'type' => 'boolean' ),
						),
					),
				),
			),
		);
	}
}
