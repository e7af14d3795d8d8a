<?php
/**
 * The sentences the chat says by script.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Blocks;

/**
 * Translates the sentences for `view.ts`; script modules have translations of their own only since WordPress 7.0.
 *
 * @since 0.1.0
 */
final class ChatTexts {

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
	 * Gives the sentence of each failure that has one of its own, by error code.
	 *
	 * @return array<string, string>
	 */
	private static function failures(): array {
		$busy = __( 'The assistant cannot be reached at the moment.', 'platen' );

		return array(
			'default'               => __( 'The question could not be answered.', 'platen' ),
			'network_error'         => __( 'The connection to the site was lost.', 'platen' ),
			'provider_unavailable'  => $busy,
			'provider_timeout'      => $busy,
			'provider_failed'       => $busy,
			'provider_rate_limited' => __( 'The assistant is very busy at the moment.', 'platen' ),
			'rate_limited'          => __( 'You have asked many questions in a short time. Please wait a little.', 'platen' ),
			'anonymous_not_allowed' => __( 'Please log in to ask a question.', 'platen' ),
			'answer_too_large'      => __( 'The answer became too long. Please ask for a part of it.', 'platen' ),
			'payload_too_large'     => __( 'The question is too long.', 'platen' ),
			'history_unavailable'   => __( 'The earlier conversation cannot be shown at the moment.', 'platen' ),
		);
	}
}
