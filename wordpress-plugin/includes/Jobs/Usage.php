<?php
/**
 * What a job used.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * Tokens and cost of all attempts of a job that were charged.
 *
 * @since 0.1.0
 */
final class Usage {

	/**
	 * Takes the counts.
	 *
	 * @param int      $input_tokens        Tokens of the prompt, cached ones included.
	 * @param int      $cached_input_tokens Those that the provider read from its cache.
	 * @param int      $output_tokens       Tokens of the answer, reasoning included.
	 * @param int      $reasoning_tokens    Those spent on reasoning.
	 * @param int|null $cost_microusd       Millionths of a US dollar; null when the model has no known price.
	 * @param bool     $is_estimate         Whether the daemon counted, because the provider did not.
	 */
	public function __construct(
		public readonly int $input_tokens,
		public readonly int $cached_input_tokens,
		public readonly int $output_tokens,
		public readonly int $reasoning_tokens,
		public readonly ?int $cost_microusd,
		public readonly bool $is_estimate
	) {
	}

	/**
	 * Gives the usage as JSON has it.
	 *
	 * @return array{input_tokens: int, cached_input_tokens: int, output_tokens: int, reasoning_tokens: int,
	 *     cost_microusd: int|null, is_estimate: bool}
	 */
	public function to_array(): array {
		return get_object_vars( $this );
	}
}
