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
		return self::key( $this->constants->get( self::SITE_SECRET ) ?? '' );
	}

	/**
	 * Gives the keys of the daemon's webhooks. There may be several, separated by spaces, while one takes the place
	 * of another; a webhook that any of them signed is genuine.
	 *
	 * @since 0.1.0
	 *
	 * @return non-empty-list<SigningKey>
	 * @throws InvalidKey If a secret is missing or not of its documented form.
	 */
	public function webhook_keys(): array {
		return $this->keys( self::WEBHOOK_SECRET );
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
			$this->keys( $name );
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
	 * Parses the secrets of one constant; only that of webhooks may have several.
	 *
	 * @param string $name The constant's name.
	 * @return non-empty-list<SigningKey>
	 * @throws InvalidKey If a secret is missing or not of its documented form.
	 */
	private function keys( string $name ): array {
		$value = $this->constants->get( $name ) ?? '';
		$texts = self::WEBHOOK_SECRET === $name ? preg_split( '/\s+/', $value, -1, PREG_SPLIT_NO_EMPTY ) : false;

		return array_map( self::key( ... ), $texts ? $texts : array( $value ) );
	}

	/**
	 * Parses one secret.
	 *
	 * @param string $text The secret.
	 * @throws InvalidKey If it is missing or not of its documented form.
	 */
	private static function key( #[\SensitiveParameter] string $text ): SigningKey {
		// An absent secret is an empty key, which the constructor refuses with the same exception as a short one.
		return SigningKey::fromString( $text );
	}
}
