<?php
/**
 * What a pull brought.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

/**
 * Counts the results that were fetched.
 *
 * @since 0.1.0
 */
final class PullReport {

	/**
	 * Takes the counts.
	 *
	 * @param int $seen      All of them.
	 * @param int $applied   Those that were new.
	 * @param int $malformed Those that could not be read.
	 */
	public function __construct(
		public readonly int $seen = 0,
		public readonly int $applied = 0,
		public readonly int $malformed = 0
	) {
	}

	/**
	 * Counts a result.
	 *
	 * @param bool $is_applied Whether it was new.
	 */
	public function with( bool $is_applied ): self {
		return new self( $this->seen + 1, $this->applied + ( $is_applied ? 1 : 0 ), $this->malformed );
	}

	/**
	 * Counts a result that could not be read.
	 */
	public function with_malformed(): self {
		return new self( $this->seen + 1, $this->applied, $this->malformed + 1 );
	}
}
