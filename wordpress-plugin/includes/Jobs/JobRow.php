<?php
/**
 * Jobs and rows.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Sessions\Owner;

/**
 * Converts between a {@see Job} and its row. Nothing else knows the columns' forms.
 *
 * @since 0.1.0
 */
final class JobRow {

	/**
	 * Every column a {@see Job} is read from, as a list for SELECT.
	 */
	public const COLUMNS = 'id, conversation_id, user_id, session_id, client_hash, status, idempotency_key, prompt_hash,
		request_id, traceparent, model, spec, result, finish_reason, answer_model, answer_provider, input_tokens,
		cached_input_tokens, output_tokens, reasoning_tokens, cost_microusd, usage_is_estimate, error_code,
		error_message, attempt, ended_attempt, handoff_attempts, created_at, updated_at, handed_off_at, finished_at,
		webhook_at, next_handoff_at';

	/**
	 * Builds a job from its row.
	 *
	 * @param array<string, string|null> $row The row with {@see self::COLUMNS}.
	 */
	public static function to_job( array $row ): Job {
		return new Job(
			id: JobId::fromString( (string) $row['id'] ),
			conversation_id: (string) $row['conversation_id'],
			owner: Owner::from_row( $row ),
			client_hash: $row['client_hash'],
			status: JobStatus::from( (string) $row['status'] ),
			idempotency_key: (string) $row['idempotency_key'],
			prompt_hash: (string) $row['prompt_hash'],
			request_id: (string) $row['request_id'],
			traceparent: (string) $row['traceparent'],
			model: (string) $row['model'],
			spec: (string) $row['spec'],
			created_at: Micros::to_time( (int) $row['created_at'] ),
			updated_at: Micros::to_time( (int) $row['updated_at'] ),
			answer: self::answer( $row ),
			usage: self::usage( $row ),
			fault: null === $row['error_code'] ? null : new JobFault( $row['error_code'], (string) $row['error_message'] ),
			attempt: (int) $row['attempt'],
			ended_attempt: null === $row['ended_attempt'] ? null : (int) $row['ended_attempt'],
			handoff_attempts: (int) $row['handoff_attempts'],
			handed_off_at: self::time( $row['handed_off_at'] ),
			finished_at: self::time( $row['finished_at'] ),
			webhook_at: self::time( $row['webhook_at'] ),
			next_handoff_at: self::time( $row['next_handoff_at'] )
		);
	}

	/**
	 * Gives the columns of a job that was never handed over.
	 *
	 * @param Job $job The job.
	 * @return array<string, string|int|null>
	 */
	public static function of_new( Job $job ): array {
		return array(
			'id'              => $job->id->value,
			'conversation_id' => $job->conversation_id,
			'user_id'         => $job->owner->user_id,
			'session_id'      => $job->owner->session_id,
			'client_hash'     => $job->client_hash,
			'status'          => $job->status->value,
			'idempotency_key' => $job->idempotency_key,
			'prompt_hash'     => $job->prompt_hash,
			'request_id'      => $job->request_id,
			'traceparent'     => $job->traceparent,
			'model'           => $job->model,
			'spec'            => $job->spec,
			'created_at'      => Micros::from( $job->created_at ),
			'updated_at'      => Micros::from( $job->updated_at ),
			'next_handoff_at' => null === $job->next_handoff_at ? null : Micros::from( $job->next_handoff_at ),
		);
	}

	/**
	 * Gives the columns that an end sets, apart from the status.
	 *
	 * @param JobEnd $end The end, with its answer sanitised.
	 * @return array<string, string|int|null>
	 */
	public static function of_end( JobEnd $end ): array {
		return array(
			'result'              => $end->answer?->text,
			'finish_reason'       => $end->answer?->finish_reason,
			'answer_model'        => $end->answer?->model,
			'answer_provider'     => $end->answer?->provider,
			'input_tokens'        => $end->usage?->input_tokens,
			'cached_input_tokens' => $end->usage?->cached_input_tokens,
			'output_tokens'       => $end->usage?->output_tokens,
			'reasoning_tokens'    => $end->usage?->reasoning_tokens,
			'cost_microusd'       => $end->usage?->cost_microusd,
			'usage_is_estimate'   => null === $end->usage ? null : (int) $end->usage->is_estimate,
			'error_code'          => $end->fault?->code,
			'error_message'       => $end->fault?->message,
			'attempt'             => $end->attempt,
			'ended_attempt'       => $end->attempt,
		);
	}

	/**
	 * Reads the answer.
	 *
	 * @param array<string, string|null> $row The row.
	 */
	private static function answer( array $row ): ?Answer {
		return null === $row['result'] ? null : new Answer(
			$row['result'],
			(string) $row['finish_reason'],
			(string) $row['answer_model'],
			(string) $row['answer_provider']
		);
	}

	/**
	 * Reads the usage.
	 *
	 * @param array<string, string|null> $row The row.
	 */
	private static function usage( array $row ): ?Usage {
		return null === $row['input_tokens'] ? null : new Usage(
			(int) $row['input_tokens'],
			(int) $row['cached_input_tokens'],
			(int) $row['output_tokens'],
			(int) $row['reasoning_tokens'],
			null === $row['cost_microusd'] ? null : (int) $row['cost_microusd'],
			'1' === (string) $row['usage_is_estimate']
		);
	}

	/**
	 * Reads a time that may be missing.
	 *
	 * @param string|null $micros The column.
	 */
	private static function time( ?string $micros ): ?\DateTimeImmutable {
		return null === $micros ? null : Micros::to_time( (int) $micros );
	}
}
