<?php
/**
 * Jobs of a window.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * How many jobs a window has, and when its first was written.
 *
 * @since 0.1.0
 */
final class RecentJobs {

	/**
	 * Takes the count.
	 *
	 * @param int                     $count     The jobs.
	 * @param \DateTimeImmutable|null $oldest_at The first of them; null without any.
	 */
	public function __construct( public readonly int $count, public readonly ?\DateTimeImmutable $oldest_at ) {
	}
}
