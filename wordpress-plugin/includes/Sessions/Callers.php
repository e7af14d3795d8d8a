<?php
/**
 * Who is asking.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sessions;

use Platen\Exception\InvalidKey;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Settings\SettingsRepository;

/**
 * Recognises the caller of a request, or refuses.
 *
 * @since 0.1.0
 */
final class Callers {

	public const SESSION_HEADER = 'X-Platen-Session';

	/**
	 * Takes what callers are recognised by.
	 *
	 * @param SettingsRepository $settings The settings.
	 * @param SessionTokens      $tokens   The anonymous sessions.
	 */
	public function __construct( private readonly SettingsRepository $settings, private readonly SessionTokens $tokens ) {
	}

	/**
	 * Gives the caller: the logged-in user, else the anonymous session.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @throws Failure If there is no caller who may ask.
	 * @throws InvalidKey If the site's secret is missing.
	 */
	public function of( \WP_REST_Request $request ): Owner {
		if ( is_user_logged_in() ) {
			return current_user_can( 'read' ) ? Owner::user( get_current_user_id() ) : throw Failure::forbidden();
		}

		$token = (string) $request->get_header( self::SESSION_HEADER );
		if ( '' === $token ) {
			throw Failure::session_required();
		}
		$this->require_anonymous();

		return $this->tokens->read( $token );
	}

	/**
	 * Refuses unless the admin lets visitors ask without an account.
	 *
	 * @throws Failure If not.
	 */
	public function require_anonymous(): void {
		if ( ! $this->settings->get()->anonymous ) {
			throw Failure::anonymous_not_allowed();
		}
	}
}
