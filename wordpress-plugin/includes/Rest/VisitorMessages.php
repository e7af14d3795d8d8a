<?php
/**
 * Failures in the visitor's words.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

/**
 * Says for every error code what a visitor can make of it.
 *
 * @since 0.1.0
 */
final class VisitorMessages {

	/**
	 * Gives the sentence for a code.
	 *
	 * @param string $code The stable code.
	 */
	public static function of( string $code ): string {
		return match ( $code ) {
			'invalid_request'            => __( 'The request is not complete or not valid.', 'platen' ),
			'session_required'           => __( 'Please sign in to ask a question.', 'platen' ),
			'invalid_token', 'token_expired', 'token_not_yet_valid', 'unsupported_algorithm'
				=> __( 'Your session has ended. Please reload the page and ask again.', 'platen' ),
			'invalid_signature'          => __( 'The signature does not belong to this request.', 'platen' ),
			'timestamp_out_of_tolerance' => __( 'The signed time is too far away.', 'platen' ),
			'forbidden'                  => __( 'Your account may not use the chat.', 'platen' ),
			'anonymous_not_allowed'      => __( 'The chat is open to signed-in users only.', 'platen' ),
			'job_not_found'              => __( 'This question is not known here.', 'platen' ),
			'conversation_not_found'     => __( 'This conversation is not known here.', 'platen' ),
			'idempotency_conflict'       => __( 'This request was already used for another question.', 'platen' ),
			'invalid_transition'         => __( 'Only a failed question can be tried again.', 'platen' ),
			'payload_too_large'          => __( 'The question is too long.', 'platen' ),
			'rate_limited'               => __( 'You have asked a lot in a short time. Please wait a moment and try again.', 'platen' ),
			'provider_rate_limited'      => __( 'The assistant is very busy. Please try again in a few minutes.', 'platen' ),
			'daemon_unavailable', 'deadline_exceeded'
				=> __( 'The assistant cannot be reached right now. Please try again in a moment.', 'platen' ),
			'provider_unavailable', 'provider_timeout', 'provider_failed', 'provider_malformed', 'provider_truncated'
				=> __( 'The assistant could not answer. Please try again.', 'platen' ),
			'provider_rejected', 'provider_moderated'
				=> __( 'The assistant did not accept this question. Please ask it in another way.', 'platen' ),
			'answer_too_large'           => __( 'The answer grew too long. Please ask for less at once.', 'platen' ),
			'not_configured', 'unknown_site', 'unknown_model', 'provider_auth', 'provider_quota_exhausted', 'peer_not_allowed'
				=> __( 'The chat is not set up completely. Please tell the site’s owner.', 'platen' ),
			default                      => __( 'Something went wrong on our side. Please try again.', 'platen' ),
		};
	}
}
