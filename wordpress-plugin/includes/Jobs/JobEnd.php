<?php
/**
 * The end of a job.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobId;
use Platen\Job\JobSnapshot;
use Platen\Job\JobStatus;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Sidecar\DaemonAway;

/**
 * What the daemon says about a job that has ended, whether it came by webhook or was asked for.
 *
 * @since 0.1.0
 */
final class JobEnd {

	/**
	 * Takes a checked end.
	 *
	 * @param JobId         $id      The job.
	 * @param JobStatus     $status  A final one.
	 * @param Answer|null   $answer  The answer of a succeeded job.
	 * @param Usage|null    $usage   What it used, if anything was charged.
	 * @param JobFault|null $fault   Why it is dead.
	 * @param int           $attempt How many attempts had begun.
	 */
	public function __construct(
		public readonly JobId $id,
		public readonly JobStatus $status,
		public readonly ?Answer $answer,
		public readonly ?Usage $usage,
		public readonly ?JobFault $fault,
		public readonly int $attempt
	) {
	}

	/**
	 * Reads the end out of a snapshot; null while the job has not ended.
	 *
	 * @param JobSnapshot $snapshot What the daemon told.
	 * @throws DaemonAway If a field is not of its documented form: what it tells is of no use now.
	 */
	public static function from_snapshot( JobSnapshot $snapshot ): ?self {
		if ( ! $snapshot->status->isFinal() ) {
			return null;
		}

		try {
			return new self(
				$snapshot->id,
				$snapshot->status,
				self::answer( $snapshot->status, $snapshot->result ),
				self::usage( $snapshot->usage ),
				self::fault( $snapshot->status, $snapshot->error ),
				$snapshot->attempt
			);
		} catch ( Failure $failure ) {
			throw new DaemonAway( 'internal', $failure );
		}
	}

	/**
	 * Reads the end out of a webhook's `data`.
	 *
	 * @param array<mixed> $data See docs/protocol.md.
	 * @throws Failure If a field is missing or not of its documented form.
	 */
	public static function from_webhook( array $data ): self {
		$status = JobStatus::tryFrom( self::text( $data, 'status' ) );
		if ( null === $status || ! $status->isFinal() ) {
			throw Failure::malformed( 'data.status' );
		}

		return new self(
			JobId::fromString( self::text( $data, 'job_id' ) ),
			$status,
			self::answer( $status, self::optional_object( $data, 'result' ) ),
			self::usage( self::optional_object( $data, 'usage' ) ),
			self::fault( $status, self::optional_object( $data, 'error' ) ),
			self::count( $data, 'attempt' )
		);
	}

	/**
	 * Reads the answer, which a succeeded job must have.
	 *
	 * @param JobStatus         $status The job's status.
	 * @param array<mixed>|null $result The `result`.
	 * @throws Failure If it is missing or malformed.
	 */
	private static function answer( JobStatus $status, ?array $result ): ?Answer {
		if ( JobStatus::Succeeded !== $status ) {
			return null;
		}
		if ( null === $result ) {
			throw Failure::malformed( 'result' );
		}

		return new Answer(
			self::text( $result, 'text' ),
			self::text( $result, 'finish_reason' ),
			self::text( $result, 'model' ),
			self::text( $result, 'provider' )
		);
	}

	/**
	 * Reads the usage.
	 *
	 * @param array<mixed>|null $usage The `usage`.
	 * @throws Failure If it is malformed.
	 */
	private static function usage( ?array $usage ): ?Usage {
		if ( null === $usage ) {
			return null;
		}

		return new Usage(
			self::count( $usage, 'input_tokens' ),
			self::count( $usage, 'cached_input_tokens' ),
			self::count( $usage, 'output_tokens' ),
			self::count( $usage, 'reasoning_tokens' ),
			isset( $usage['cost_microusd'] ) ? self::count( $usage, 'cost_microusd' ) : null,
			true === ( $usage['is_estimate'] ?? false )
		);
	}

	/**
	 * Reads the reason of a dead job.
	 *
	 * @param JobStatus         $status The job's status.
	 * @param array<mixed>|null $error  The `error`.
	 * @throws Failure If it is malformed.
	 */
	private static function fault( JobStatus $status, ?array $error ): ?JobFault {
		if ( JobStatus::Dead !== $status ) {
			return null;
		}

		return null === $error
			? new JobFault( 'internal', 'the daemon gave no reason' )
			: new JobFault( self::text( $error, 'code' ), self::text( $error, 'message' ) );
	}

	/**
	 * Reads a text.
	 *
	 * @param array<mixed> $values The object.
	 * @param string       $name   The field.
	 * @throws Failure If it is missing or no text.
	 */
	private static function text( array $values, string $name ): string {
		$value = $values[ $name ] ?? null;

		return is_string( $value ) ? $value : throw Failure::malformed( $name );
	}

	/**
	 * Reads a count.
	 *
	 * @param array<mixed> $values The object.
	 * @param string       $name   The field.
	 * @throws Failure If it is missing or no whole number from zero.
	 */
	private static function count( array $values, string $name ): int {
		$value = $values[ $name ] ?? null;

		return is_int( $value ) && $value >= 0 ? $value : throw Failure::malformed( $name );
	}

	/**
	 * Reads an object that may be null.
	 *
	 * @param array<mixed> $values The object around it.
	 * @param string       $name   The field.
	 * @return array<mixed>|null
	 * @throws Failure If it is something else.
	 */
	private static function optional_object( array $values, string $name ): ?array {
		$value = $values[ $name ] ?? null;

		return null === $value || is_array( $value ) ? $value : throw Failure::malformed( $name );
	}
}
