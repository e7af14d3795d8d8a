<?php
/**
 * A trace.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Trace;

use Platen\Job\Hop;
use Platen\Job\JobId;

/**
 * What happened to one job, oldest first.
 *
 * @since 0.1.0
 */
final class JobTrace {

	/**
	 * Takes the hops.
	 *
	 * @param JobId       $job_id     The job.
	 * @param string      $request_id The id that all hops share.
	 * @param list<Hop>   $hops       Oldest first.
	 * @param string|null $gap        Why the daemon's hops are missing, as an error code; null when they are there.
	 */
	public function __construct(
		public readonly JobId $job_id,
		public readonly string $request_id,
		public readonly array $hops,
		public readonly ?string $gap
	) {
	}
}
