<?php
/**
 * A job in the output of a command.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

use Platen\WordPress\Database\Micros;
use Platen\WordPress\Jobs\Job;

/**
 * Gives the fields of a job for machines and people alike: numbers are numbers, times are RFC 3339.
 *
 * @since 0.1.0
 */
final class JobItem {

	/**
	 * Gives the fields.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 * @return array<string, string|int|float|bool|null>
	 */
	public static function of( Job $job ): array {
		$user = $job->owner->is_anonymous() ? false : get_userdata( $job->owner->user_id );

		return array(
			'id'              => $job->id->value,
			'status'          => $job->status->value,
			'is_waiting'      => null !== $job->next_handoff_at && ! $job->status->isFinal(),
			'user_id'         => $job->owner->user_id,
			'user'            => false === $user ? $job->owner->subject() : $user->user_login,
			'model'           => $job->answer->model ?? $job->model,
			'provider'        => $job->answer?->provider,
			'input_tokens'    => $job->usage?->input_tokens,
			'output_tokens'   => $job->usage?->output_tokens,
			'cost_usd'        => self::dollars( $job->usage?->cost_microusd ),
			'attempt'         => $job->attempt,
			'error_code'      => $job->fault?->code,
			'request_id'      => $job->request_id,
			'conversation_id' => $job->conversation_id,
			'created_at'      => Micros::to_rfc3339( $job->created_at ),
			'updated_at'      => Micros::to_rfc3339( $job->updated_at ),
			'finished_at'     => null === $job->finished_at ? null : Micros::to_rfc3339( $job->finished_at ),
			'duration_ms'     => null === $job->finished_at ? null : intdiv( Micros::from( $job->finished_at ) - Micros::from( $job->created_at ), 1000 ),
		);
	}

	/**
	 * Writes an amount with all its digits, so that sums of it are exact.
	 *
	 * @since 0.1.0
	 *
	 * @param int|null $microusd Millionths of a US dollar; null when the price is not known.
	 */
	public static function dollars( ?int $microusd ): ?string {
		return null === $microusd ? null : sprintf( '%d.%06d', intdiv( $microusd, 1_000_000 ), $microusd % 1_000_000 );
	}
}
