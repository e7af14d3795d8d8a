<?php
/**
 * The last day in a few numbers.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Job\JobStatus;
use Platen\WordPress\Jobs\JobStatistics;
use Platen\WordPress\Jobs\UserUsage;

/**
 * What stands above the list of jobs.
 *
 * @since 0.1.0
 */
final class JobsSummary {

	/**
	 * Takes the numbers.
	 *
	 * @since 0.1.0
	 *
	 * @param int $requests      Questions of the last day.
	 * @param int $users         How many users asked them; all visitors count as one.
	 * @param int $input_tokens  Tokens of their prompts.
	 * @param int $output_tokens Tokens of their answers.
	 * @param int $cost_microusd Their known price, in millionths of a US dollar.
	 * @param int $active        Jobs that are queued or running now.
	 * @param int $dead          Dead jobs that nobody retried.
	 */
	public function __construct(
		public readonly int $requests,
		public readonly int $users,
		public readonly int $input_tokens,
		public readonly int $output_tokens,
		public readonly int $cost_microusd,
		public readonly int $active,
		public readonly int $dead
	) {
	}

	/**
	 * Sums up the last 24 hours.
	 *
	 * @since 0.1.0
	 *
	 * @param JobStatistics      $statistics The sums per user.
	 * @param array<string, int> $counts     Jobs by status word.
	 * @param \DateTimeImmutable $now        The present.
	 */
	public static function of_last_day( JobStatistics $statistics, array $counts, \DateTimeImmutable $now ): self {
		$usage = $statistics->usage_by_user( $now->modify( '-1 day' ) );
		$sum   = static fn ( callable $part ): int => (int) array_sum( array_map( $part, $usage ) );

		return new self(
			$sum( static fn ( UserUsage $user ): int => $user->requests ),
			count( $usage ),
			$sum( static fn ( UserUsage $user ): int => $user->input_tokens ),
			$sum( static fn ( UserUsage $user ): int => $user->output_tokens ),
			$sum( static fn ( UserUsage $user ): int => $user->cost_microusd ),
			$counts[ JobStatus::Queued->value ] + $counts[ JobStatus::Running->value ],
			$counts[ JobStatus::Dead->value ]
		);
	}
}
