<?php
/**
 * All routes.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Contracts\Registrable;

/**
 * Registers the routes when WordPress asks for them; their objects are built only then.
 *
 * @since 0.1.0
 */
final class Routes implements Registrable {

	/**
	 * Takes what makes the controllers.
	 *
	 * @param \Closure(): list<ChatController|JobsController|ConversationsController|SessionController|WebhookController> $controllers Makes them.
	 */
	public function __construct( private readonly \Closure $controllers ) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'register_routes' ) );
	}

	/**
	 * Registers every route.
	 */
	public function register_routes(): void {
		foreach ( ( $this->controllers )() as $controller ) {
			$controller->register_routes();
		}
	}
}
