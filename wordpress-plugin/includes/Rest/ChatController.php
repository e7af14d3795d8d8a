<?php
/**
 * Asking over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Chat\ChatService;
use Platen\WordPress\Chat\Question;
use Platen\WordPress\Jobs\StreamTokens;
use Platen\WordPress\Sessions\Callers;
use Platen\WordPress\Sessions\ClientAddress;

/**
 * `POST /chat`: takes a question and answers with its job.
 *
 * @since 0.1.0
 */
final class ChatController {

	/**
	 * Takes the parts.
	 *
	 * @param Callers       $callers Recognises callers.
	 * @param ClientAddress $address Where they come from.
	 * @param ChatService   $chat    Takes questions.
	 * @param StreamTokens  $streams Mints stream tokens.
	 * @param Scope         $scope   The request's id.
	 */
	public function __construct(
		private readonly Callers $callers,
		private readonly ClientAddress $address,
		private readonly ChatService $chat,
		private readonly StreamTokens $streams,
		private readonly Scope $scope
	) {
	}

	/**
	 * Registers the route.
	 */
	public function register_routes(): void {
		register_rest_route(
			Scope::ROUTES,
			'/chat',
			array(
				array(
					'methods'             => \WP_REST_Server::CREATABLE,
					'callback'            => array( $this, 'ask' ),
					'permission_callback' => array( $this, 'check_permission' ),
					'args'                => self::arguments(),
				),
				'schema' => array( JobResource::class, 'accepted_schema' ),
			)
		);
	}

	/**
	 * Lets logged-in users with `read` ask, and anonymous sessions where the admin allows them.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function check_permission( \WP_REST_Request $request ): bool|\WP_Error {
		return RestErrors::permitted( fn () => $this->callers->of( $request ) );
	}

	/**
	 * Takes a question.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function ask( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function () use ( $request ): \WP_REST_Response {
				$this->streams->require_configured();
				$owner = $this->callers->of( $request );
				$job   = $this->chat->ask(
					new Question(
						$owner,
						$owner->is_anonymous() ? $this->address->hash() : null,
						$request['conversation_id'],
						$request['message'],
						$request['idempotency_key'],
						$this->scope->request_id(),
						$this->scope->traceparent( $request )
					)
				);

				return Accepted::response( $job, $this->streams->path( $job ) );
			}
		);
	}

	/**
	 * Describes the body.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	private static function arguments(): array {
		return array(
			'conversation_id' => array(
				'description' => __( 'The conversation, chosen by the browser.', 'platen' ),
				'type'        => 'string',
				'format'      => 'uuid',
				'required'    => true,
			),
			'message'         => array(
				'description' => __( 'The question.', 'platen' ),
				'type'        => 'string',
				'minLength'   => 1,
				'maxLength'   => 8000,
				'required'    => true,
			),
			'idempotency_key' => array(
				'description' => __( 'The same key is the same question, however often it is sent.', 'platen' ),
				'type'        => 'string',
				'minLength'   => 1,
				'maxLength'   => 100,
			),
		);
	}
}
