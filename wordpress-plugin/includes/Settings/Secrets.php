<?php
/**
 * The secrets of the site.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\Exception\InvalidKey;
use Platen\SigningKey;

/**
 * Gives the site's keys as opaque objects. They come from `wp-config.php` or the environment, never from the database.
 *
 * @since 0.1.0
 */
final class Secrets {

	public const SITE_SECRET    = 'PLATEN_SITE_SECRET';
	public const WEBHOOK_SECRET = 'PLATEN_WEBHOOK_SECRET';

	/**
	 * Takes the place to read from.
	 *
	 * @since 0.1.0
	 *
	 * @param Constants $constants What `wp-config.php` and the environment fix.
	 */
	public function __construct( private readonly Constants $constants = new Constants() ) {
	}

	/**
	 * Gives the key of stream tokens and anonymous sessions.
	 *
	 * @since 0.1.0
	 *
	 * @throws InvalidKey If the secret is missing or not of its documented form.
	 */
	public function site_key(): SigningKey {
		return $this->key( self::SITE_SECRET );
	}

	/**
	 * Gives the key of the daemon's webhooks.
	 *
	 * @since 0.1.0
	 *
	 * @throws InvalidKey If the secret is missing or not of its documented form.
	 */
	public function webhook_key(): SigningKey {
		return $this->key( self::WEBHOOK_SECRET );
	}

	/**
	 * Tells how a secret stands, without giving it away.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name One of the constants of this class.
	 */
	public function state( string $name ): SecretState {
		$source = $this->constants->source( $name );
		if ( null === $source ) {
			return SecretState::Missing;
		}

		try {
			$this->key( $name );
		} catch ( InvalidKey ) {
			return SecretState::Malformed;
		}

		return Source::Environment === $source ? SecretState::SetInEnvironment : SecretState::SetInConfig;
	}

	/**
	 * Tells whether both secrets are there and well formed.
	 *
	 * @since 0.1.0
	 */
	public function are_complete(): bool {
		return $this->state( self::SITE_SECRET )->is_set() && $this->state( self::WEBHOOK_SECRET )->is_set();
	}

	/**
	 * Parses one secret.
	 *
	 * @param string $name The constant's name.
	 * @throws InvalidKey If the secret is missing or not of its documented form.
	 */
	private function key( string $name ): SigningKey {
		// An absent secret is an empty key, which the constructor refuses with the same exception as a short one.
		return SigningKey::fromString( $this->constants->get( $name ) ?? '' );
	}
}
