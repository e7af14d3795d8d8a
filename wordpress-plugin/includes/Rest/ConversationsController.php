<?php
/**
 * Conversations over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Conversations\ConversationRepository;
use Platen\WordPress\Conversations\Message;
use Platen\WordPress\Conversations\MessageRepository;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Sessions\Callers;

/**
 * `GET /conversations/{id}`: what was said so far.
 *
 * @since 0.1.0
 */
final class ConversationsController {

	/** As many turns as one page shows; older ones stay stored. */
	private const MAX_TURNS = 200;

	/**
	 * Takes the parts.
	 *
	 * @param Callers                $callers       Recognises callers.
	 * @param ConversationRepository $conversations The conversations.
	 * @param MessageRepository      $messages      Their turns.
	 */
	public function __construct(
		private readonly Callers $callers,
		private readonly ConversationRepository $conversations,
		private readonly MessageRepository $messages
	) {
	}

	/**
	 * Registers the route.
	 */
	public function register_routes(): void {
		register_rest_route(
			Scope::ROUTES,
			'/conversations/(?P<id>[0-9a-f-]{36})',
			array(
				array(
					'methods'             => \WP_REST_Server::READABLE,
					'callback'            => array( $this, 'show' ),
					'permission_callback' => array( $this, 'check_permission' ),
					'args'                => array(
						'id' => array(
							'description' => __( 'The conversation.', 'platen' ),
							'type'        => 'string',
							'format'      => 'uuid',
							'required'    => true,
						),
					),
				),
				'schema' => array( $this, 'schema' ),
			)
		);
	}

	/**
	 * Lets in whoever could own a conversation. Whether this one is theirs is answered 404.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function check_permission( \WP_REST_Request $request ): bool|\WP_Error {
		return RestErrors::permitted( fn () => $this->callers->of( $request ) );
	}

	/**
	 * Shows a conversation to its owner.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function show( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function () use ( $request ): \WP_REST_Response {
				$id    = (string) $request['id'];
				$owner = $this->conversations->owner( $id );
				if ( null === $owner || ! $owner->equals( $this->callers->of( $request ) ) ) {
					throw Failure::conversation_not_found();
				}

				return new \WP_REST_Response(
					array(
						'id'       => $id,
						'messages' => array_map( self::message( ... ), $this->messages->newest( $id, self::MAX_TURNS ) ),
					)
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
			'title'      => 'platen_conversation',
			'type'       => 'object',
			'properties' => array(
				'id'       => array(
					'type'   => 'string',
					'format' => 'uuid',
				),
				'messages' => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => array(
							'id'         => array( 'type' => 'integer' ),
							'role'       => array(
								'type' => 'string',
								'enum' => array( 'user', 'assistant' ),
							),
							'text'       => array( 'type' => 'string' ),
							'job_id'     => array(
								'type'   => 'string',
								'format' => 'uuid',
							),
							'status'     => array( 'type' => array( 'string', 'null' ) ),
							'created_at' => array(
								'type'   => 'string',
								'format' => 'date-time',
							),
						),
					),
				),
			),
		);
	}

	/**
	 * Writes one turn.
	 *
	 * @param Message $message The turn.
	 * @return array<string, mixed>
	 */
	private static function message( Message $message ): array {
		return array(
			'id'         => $message->id,
			'role'       => $message->role->value,
			'text'       => $message->content,
			'job_id'     => $message->job_id->value,
			'status'     => $message->status?->value,
			'created_at' => Micros::to_rfc3339( $message->created_at ),
		);
	}
}
