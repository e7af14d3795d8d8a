<?php
/**
 * Building prompts.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Chat;

use Platen\Exception\InvalidInput;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Conversations\Message;
use Platen\WordPress\Settings\Settings;

use function Platen\prompt_hash;
use function Platen\trim_history;

/**
 * Puts the site's instructions, the conversation and the new question together, within the model's budget.
 *
 * @since 0.1.0
 */
final class PromptBuilder {

	/** Fits one job of the daemon (256 KiB of JSON) with its envelope and the escapes of JSON. */
	private const MAX_HISTORY_BYTES = 120 * KB_IN_BYTES;

	/**
	 * Builds a prompt.
	 *
	 * @param list<Message> $history  The conversation so far, oldest first.
	 * @param string        $question What is asked now.
	 * @param Settings      $settings The model and its budget.
	 * @throws Failure If instructions and question alone do not fit the budget.
	 */
	public function build( array $history, string $question, Settings $settings ): Prompt {
		$messages = array( ...self::instructions( $settings ), ...self::newest( $history ), self::turn( 'user', $question ) );
		try {
			$trimmed = trim_history( $messages, $settings->context_tokens, $settings->model, $settings->max_output_tokens );
		} catch ( InvalidInput ) {
			throw Failure::payload_too_large();
		}
		$payload = array(
			'model'             => $settings->model,
			'messages'          => $trimmed['messages'],
			'max_output_tokens' => $settings->max_output_tokens,
		);

		return new Prompt( $payload, prompt_hash( $payload ) );
	}

	/**
	 * Gives the site's instructions as a turn, if there are any.
	 *
	 * @param Settings $settings The settings.
	 * @return list<array{role: string, content: string}>
	 */
	private static function instructions( Settings $settings ): array {
		return '' === $settings->system_prompt ? array() : array( self::turn( 'system', $settings->system_prompt ) );
	}

	/**
	 * Gives the newest turns whose bytes fit, oldest first.
	 *
	 * @param list<Message> $history The conversation, oldest first.
	 * @return list<array{role: string, content: string}>
	 */
	private static function newest( array $history ): array {
		$turns = array();
		$bytes = 0;
		foreach ( array_reverse( $history ) as $message ) {
			$bytes += strlen( $message->content );
			if ( $bytes > self::MAX_HISTORY_BYTES ) {
				break;
			}
			$turns[] = self::turn( $message->role->value, $message->content );
		}

		return array_reverse( $turns );
	}

	/**
	 * Writes one turn as the job has it.
	 *
	 * @param string $role    Who speaks.
	 * @param string $content What is said.
	 * @return array{role: string, content: string}
	 */
	private static function turn( string $role, string $content ): array {
		return array(
			'role'    => $role,
			'content' => $content,
		);
	}
}
