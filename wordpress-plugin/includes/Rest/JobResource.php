<?php
/**
 * Jobs over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\Job\JobStatus;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Jobs\Job;

/**
 * Writes a job as the routes answer it.
 *
 * @since 0.1.0
 */
final class JobResource {

	/**
	 * Gives all that the owner may see of a job.
	 *
	 * @param Job $job The job.
	 * @return array<string, mixed>
	 */
	public static function full( Job $job ): array {
		return array(
			'id'         => $job->id->value,
			'status'     => $job->status->value,
			'result'     => null === $job->answer ? null : array(
				'text'          => $job->answer->text,
				'finish_reason' => $job->answer->finish_reason,
				'model'         => $job->answer->model,
			),
			'usage'      => $job->usage?->to_array(),
			'error'      => null === $job->fault ? null : array(
				'code'    => $job->fault->code,
				'message' => VisitorMessages::of( $job->fault->code ),
			),
			'created_at' => Micros::to_rfc3339( $job->created_at ),
			'updated_at' => Micros::to_rfc3339( $job->updated_at ),
		);
	}

	/**
	 * Gives what a post answers.
	 *
	 * @param Job         $job    The job.
	 * @param string|null $stream The path of its stream.
	 * @return array{job_id: string, status: string, stream: string|null}
	 */
	public static function accepted( Job $job, ?string $stream ): array {
		return array(
			'job_id' => $job->id->value,
			'status' => $job->status->value,
			'stream' => $stream,
		);
	}

	/**
	 * Describes {@see self::full()}.
	 *
	 * @return array<string, mixed>
	 */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'platen_job',
			'type'       => 'object',
			'properties' => array(
				'id'         => self::property( 'string', 'The job.', array( 'format' => 'uuid' ) ),
				'status'     => self::property( 'string', 'Where the job stands.', array( 'enum' => JobStatus::words() ) ),
				'result'     => self::object_or_null(
					'The answer of a succeeded job.',
					array(
						'text'          => self::property( 'string', 'The answer, Markdown without HTML.' ),
						'finish_reason' => self::property( 'string', 'Why the model stopped.' ),
						'model'         => self::property( 'string', 'The model that answered.' ),
					)
				),
				'usage'      => self::object_or_null(
					'What the job used.',
					array(
						'input_tokens'        => self::property( 'integer', 'Tokens of the prompt.' ),
						'cached_input_tokens' => self::property( 'integer', 'Those read from the provider’s cache.' ),
						'output_tokens'       => self::property( 'integer', 'Tokens of the answer.' ),
						'reasoning_tokens'    => self::property( 'integer', 'Those spent on reasoning.' ),
						'cost_microusd'       => self::property( array( 'integer', 'null' ), 'Cost in millionths of a US dollar.' ),
						'is_estimate'         => self::property( 'boolean', 'Whether the provider sent no counts.' ),
					)
				),
				'error'      => self::object_or_null(
					'Why the job is dead.',
					array(
						'code'    => self::property( 'string', 'The stable code.' ),
						'message' => self::property( 'string', 'A sentence for the visitor.' ),
					)
				),
				'created_at' => self::property( 'string', 'When the question came.', array( 'format' => 'date-time' ) ),
				'updated_at' => self::property( 'string', 'When the status last changed.', array( 'format' => 'date-time' ) ),
			),
		);
	}

	/**
	 * Describes {@see self::accepted()}.
	 *
	 * @return array<string, mixed>
	 */
	public static function accepted_schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'platen_accepted_job',
			'type'       => 'object',
			'properties' => array(
				'job_id' => self::property( 'string', 'The job.', array( 'format' => 'uuid' ) ),
				'status' => self::property( 'string', 'Where the job stands.', array( 'enum' => JobStatus::words() ) ),
				'stream' => self::property( array( 'string', 'null' ), 'The stream’s path; null while the job waits for the daemon.' ),
			),
		);
	}

	/**
	 * Describes one property.
	 *
	 * @param string|list<string>  $type        Its type.
	 * @param string               $description What it is.
	 * @param array<string, mixed> $more        What else is known.
	 * @return array<string, mixed>
	 */
	private static function property( string|array $type, string $description, array $more = array() ): array {
		return array(
			'type'        => $type,
			'description' => $description,
			'readonly'    => true,
		) + $more;
	}

	/**
	 * Describes an object that may be missing.
	 *
	 * @param string               $description What it is.
	 * @param array<string, mixed> $properties  Its properties.
	 * @return array<string, mixed>
	 */
	private static function object_or_null( string $description, array $properties ): array {
		return self::property( array( 'object', 'null' ), $description, array( 'properties' => $properties ) );
	}
}
