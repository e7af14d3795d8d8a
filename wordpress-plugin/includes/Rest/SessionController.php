<?php
/**
 * Sessions over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Chat\RateLimiter;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Sessions\Callers;
use Platen\WordPress\Sessions\ClientAddress;
use Platen\WordPress\Sessions\SessionTokens;

/**
 * `POST /session`: gives a visitor without an account a name.
 *
 * @since 0.1.0
 */
final class SessionController {

	/**
	 * Takes the parts.
	 *
	 * @param Callers       $callers Knows whether visitors are allowed.
	 * @param ClientAddress $address Where they come from.
	 * @param RateLimiter   $limiter Counts sessions.
	 * @param SessionTokens $tokens  Issues them.
	 */
	public function __construct(
		private readonly Callers $callers,
		private readonly ClientAddress $address,
		private readonly RateLimiter $limiter,
		private readonly SessionTokens $tokens
	) {
	}

	/**
	 * Registers the route.
	 */
	public function register_routes(): void {
		register_rest_route(
			Scope::ROUTES,
			'/session',
			array(
				array(
					'methods'             => \WP_REST_Server::CREATABLE,
					'callback'            => array( $this, 'issue' ),
					'permission_callback' => array( $this, 'check_permission' ),
					'args'                => array(),
				),
				'schema' => array( $this, 'schema' ),
			)
		);
	}

	/**
	 * Lets anybody in where the admin allows anonymous visitors.
	 */
	public function check_permission(): bool|\WP_Error {
		return RestErrors::permitted( fn () => $this->callers->require_anonymous() );
	}

	/**
	 * Issues a session.
	 */
	public function issue(): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function (): \WP_REST_Response {
				$this->limiter->take_session( $this->address->hash() );
				$session = $this->tokens->issue();

				return new \WP_REST_Response(
					array(
						'session'    => $session->token,
						'expires_at' => Micros::to_rfc3339( $session->expires_at ),
					),
					201
				);
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
			'title'      => 'platen_session',
			'type'       => 'object',
			'properties' => array(
				'session'    => array( 'type' => 'string' ),
				'expires_at' => array(
					'type'   => 'string',
					'format' => 'date-time',
				),
			),
		);
	}
}
