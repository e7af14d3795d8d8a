<?php
/**
 * A page of jobs.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * Some jobs, newest first, and how many there are in all.
 *
 * @since 0.1.0
 */
final class JobPage {

	/**
	 * Takes the page.
	 *
	 * @param list<Job> $jobs  The jobs of this page.
	 * @param int       $total How many jobs match in all.
	 */
	public function __construct( public readonly array $jobs, public readonly int $total ) {
	}
}
