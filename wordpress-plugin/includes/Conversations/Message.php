<?php
/**
 * One turn.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Conversations;

use Platen\Job\JobId;
use Platen\Job\JobStatus;

/**
 * What one side said in a conversation.
 *
 * @since 0.1.0
 */
final class Message {

	/**
	 * Takes the turn.
	 *
	 * @param int                $id         Unique in the site.
	 * @param JobId              $job_id     The job it asked or answered.
	 * @param Role               $role       Who speaks.
	 * @param string             $content    What is said.
	 * @param JobStatus|null     $status     Where its job stands; null when that row is gone.
	 * @param \DateTimeImmutable $created_at When it was written.
	 */
	public function __construct(
		public readonly int $id,
		public readonly JobId $job_id,
		public readonly Role $role,
		public readonly string $content,
		public readonly ?JobStatus $status,
		public readonly \DateTimeImmutable $created_at
	) {
	}
}
