<?php
/**
 * Anonymous visitors.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sessions;

use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidToken;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsRepository;

use function Platen\jwt_decode;
use function Platen\jwt_encode;

/**
 * Issues and reads the tokens by which a visitor without an account is recognised.
 *
 * Nothing is stored: the signature is the proof. A token gives no right of its own beyond a name for one's own jobs.
 *
 * @since 0.1.0
 */
final class SessionTokens {

	private const AUDIENCE   = 'platen:session';
	private const LIFETIME_S = DAY_IN_SECONDS;
	private const SUBJECT    = '/\Asession:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z/';

	/**
	 * Takes what a token is made of.
	 *
	 * @param SettingsRepository $settings The settings.
	 * @param Secrets            $secrets  The site's keys.
	 * @param Clock              $clock    The present.
	 */
	public function __construct(
		private readonly SettingsRepository $settings,
		private readonly Secrets $secrets,
		private readonly Clock $clock
	) {
	}

	/**
	 * Issues a session to a new visitor.
	 *
	 * @throws Failure If the site has no id.
	 * @throws InvalidKey If the site's secret is missing.
	 */
	public function issue(): Session {
		$site = $this->settings->get();
		if ( ! $site->has_site() ) {
			throw Failure::not_configured();
		}
		$now        = $this->clock->now();
		$expires_at = $now->modify( '+' . self::LIFETIME_S . ' seconds' );
		$claims     = array(
			'iss' => $site->site_id,
			'aud' => self::AUDIENCE,
			'sub' => 'session:' . wp_generate_uuid4(),
			'iat' => $now->getTimestamp(),
			'exp' => $expires_at->getTimestamp(),
		);

		return new Session( jwt_encode( $claims, $this->secrets->site_key() ), $expires_at );
	}

	/**
	 * Recognises a visitor.
	 *
	 * @param string $token What the browser sent.
	 * @throws Failure If the token does not hold.
	 * @throws InvalidKey If the site's secret is missing.
	 */
	public function read( #[\SensitiveParameter] string $token ): Owner {
		$checks = array(
			'iss' => $this->settings->get()->site_id,
			'aud' => self::AUDIENCE,
			'now' => $this->clock->now()->getTimestamp(),
		);
		try {
			$claims = jwt_decode( $token, $this->secrets->site_key(), $checks );
		} catch ( InvalidToken $cause ) {
			throw Failure::invalid_session( $cause->errorCode, $cause );
		}
		$subject = $claims['sub'] ?? null;
		if ( ! isset( $claims['exp'] ) || ! is_string( $subject ) || 1 !== preg_match( self::SUBJECT, $subject, $match ) ) {
			throw Failure::invalid_session( 'invalid_token' );
		}

		return Owner::session( $match[1] );
	}
}
