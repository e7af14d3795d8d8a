<?php
/**
 * The sentences the chat says by script.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Blocks;

use Platen\WordPress\Rest\VisitorMessages;

/**
 * Translates the sentences for `view.ts`; script modules have translations of their own only since WordPress 7.0.
 *
 * @since 0.1.0
 */
final class ChatTexts {

	/**
	 * The failures a visitor can meet. A stream names them by code alone, so the script needs their sentences.
	 */
	private const SERVER_CODES = array(
		'session_required',
		'invalid_token',
		'forbidden',
		'anonymous_not_allowed',
		'job_not_found',
		'payload_too_large',
		'rate_limited',
		'provider_rate_limited',
		'daemon_unavailable',
		'deadline_exceeded',
		'provider_unavailable',
		'provider_timeout',
		'provider_failed',
		'provider_malformed',
		'provider_truncated',
		'provider_auth',
		'provider_quota_exhausted',
		'provider_moderated',
		'provider_rejected',
		'answer_too_large',
		'not_configured',
		'unknown_site',
		'unknown_model',
		'peer_not_allowed',
	);

	/**
	 * Gives all sentences by the names `texts.ts` declares.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, string|array<string, string>>
	 */
	public static function all(): array {
		return array(
			'you'         => __( 'You:', 'platen' ),
			'assistant'   => __( 'Assistant:', 'platen' ),
			'answered'    => __( 'Answer:', 'platen' ),
			'limitOver'   => __( 'You can ask again.', 'platen' ),
			/* translators: %d: number of seconds. */
			'waitSeconds' => __( 'You have asked many questions in a short time. You can ask again in %d seconds.', 'platen' ),
			/* translators: %d: number of minutes. */
			'waitMinutes' => __( 'You have asked many questions in a short time. You can ask again in %d minutes.', 'platen' ),
			'failures'    => self::failures(),
		);
	}

	/**
	 * Gives the sentence of each failure by its code; `default` for those without one.
	 *
	 * @return array<string, string>
	 */
	private static function failures(): array {
		$of_script = array(
			'default'             => VisitorMessages::of( 'internal' ),
			'dead'                => __( 'The question could not be answered.', 'platen' ),
			'network_error'       => __( 'The connection to the site was lost.', 'platen' ),
			'history_unavailable' => __( 'The earlier conversation cannot be shown at the moment.', 'platen' ),
		);

		return $of_script + array_combine( self::SERVER_CODES, array_map( VisitorMessages::of( ... ), self::SERVER_CODES ) );
	}
}
