<?php
/**
 * What one user has used.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * Requests, tokens and cost of one user; user 0 stands for all anonymous sessions together.
 *
 * @since 0.1.0
 */
final class UserUsage {

	/**
	 * Takes the sums.
	 *
	 * @param int $user_id       The user.
	 * @param int $requests      Jobs, whatever became of them.
	 * @param int $input_tokens  Tokens of the prompts.
	 * @param int $output_tokens Tokens of the answers.
	 * @param int $cost_microusd Millionths of a US dollar, of the jobs whose price is known.
	 */
	public function __construct(
		public readonly int $user_id,
		public readonly int $requests,
		public readonly int $input_tokens,
		public readonly int $output_tokens,
		public readonly int $cost_microusd
	) {
	}
}
