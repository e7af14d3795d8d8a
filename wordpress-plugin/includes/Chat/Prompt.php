<?php
/**
 * What is sent to the model.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Chat;

/**
 * A prompt within the model's budget, with its hash.
 *
 * @since 0.1.0
 */
final class Prompt {

	/**
	 * Takes payload and hash.
	 *
	 * @param array{model: string, messages: list<array{role: string, content: string}>, max_output_tokens: int} $payload The payload of the job.
	 * @param string                                                                                             $hash    64 hexadecimal digits.
	 */
	public function __construct( public readonly array $payload, public readonly string $hash ) {
	}
}
