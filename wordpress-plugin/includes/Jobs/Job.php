<?php
/**
 * A job as WordPress knows it.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Sessions\Owner;

/**
 * One row of the table of jobs at one moment.
 *
 * @since 0.1.0
 */
final class Job {

	/**
	 * Takes the row's values.
	 *
	 * @param JobId                   $id               The job.
	 * @param string                  $conversation_id  The conversation it continues.
	 * @param Owner                   $owner            Whose it is.
	 * @param string|null             $client_hash      Keyed hash of an anonymous visitor's address.
	 * @param JobStatus               $status           Where it stands.
	 * @param string                  $idempotency_key  The same key is the same job.
	 * @param string                  $prompt_hash      Hash of the prompt's canonical form.
	 * @param string                  $request_id       Follows the request through every part.
	 * @param string                  $traceparent      W3C Trace Context for the hand-off.
	 * @param string                  $model            The model asked for.
	 * @param string                  $spec             The job as it is handed over, JSON.
	 * @param \DateTimeImmutable      $created_at       When the row was written.
	 * @param \DateTimeImmutable      $updated_at       When the status last changed.
	 * @param Answer|null             $answer           The sanitised answer of a succeeded job.
	 * @param Usage|null              $usage            What it used.
	 * @param JobFault|null           $fault            Why it is dead.
	 * @param int                     $attempt          Attempts begun in the daemon, as last heard.
	 * @param int|null                $ended_attempt    The attempt of its last end; kept over a retry.
	 * @param int                     $handoff_attempts How often the hand-off failed.
	 * @param \DateTimeImmutable|null $handed_off_at    When the daemon acknowledged it.
	 * @param \DateTimeImmutable|null $finished_at      When its end was written here.
	 * @param \DateTimeImmutable|null $webhook_at       When the webhook with its end came.
	 * @param \DateTimeImmutable|null $next_handoff_at  When the outbox tries next.
	 */
	public function __construct(
		public readonly JobId $id,
		public readonly string $conversation_id,
		public readonly Owner $owner,
		public readonly ?string $client_hash,
		public readonly JobStatus $status,
		public readonly string $idempotency_key,
		public readonly string $prompt_hash,
		public readonly string $request_id,
		public readonly string $traceparent,
		public readonly string $model,
		public readonly string $spec,
		public readonly \DateTimeImmutable $created_at,
		public readonly \DateTimeImmutable $updated_at,
		public readonly ?Answer $answer = null,
		public readonly ?Usage $usage = null,
		public readonly ?JobFault $fault = null,
		public readonly int $attempt = 0,
		public readonly ?int $ended_attempt = null,
		public readonly int $handoff_attempts = 0,
		public readonly ?\DateTimeImmutable $handed_off_at = null,
		public readonly ?\DateTimeImmutable $finished_at = null,
		public readonly ?\DateTimeImmutable $webhook_at = null,
		public readonly ?\DateTimeImmutable $next_handoff_at = null
	) {
	}

	/** Tells whether the daemon has acknowledged the job. */
	public function is_handed_off(): bool {
		return null !== $this->handed_off_at;
	}

	/**
	 * Gives the same job after the daemon acknowledged it.
	 *
	 * @param \DateTimeImmutable $now When it did.
	 */
	public function as_handed_off( \DateTimeImmutable $now ): self {
		$values                    = get_object_vars( $this );
		$values['handed_off_at']   = $now;
		$values['next_handoff_at'] = null;

		return new self( ...$values );
	}

	/** Tells whether the job may be started again. */
	public function is_retryable(): bool {
		return JobStatus::Dead === $this->status;
	}

	/** Tells whether the job was dead once and is to run again. */
	public function is_retried(): bool {
		return JobStatus::Queued === $this->status && null !== $this->ended_attempt;
	}

	/**
	 * Gives the job as the daemon takes it.
	 *
	 * @return array<string, mixed>
	 */
	public function spec(): array {
		$spec = json_decode( $this->spec, true );

		return is_array( $spec ) ? $spec : array();
	}
}
