<?php
/**
 * The answer 202.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\WordPress\Jobs\Job;

/**
 * Writes the answer to a request that made or restarted a job.
 *
 * @since 0.1.0
 */
final class Accepted {

	/**
	 * Gives 202 with the job's place.
	 *
	 * @param Job         $job    The job.
	 * @param string|null $stream The path of its stream.
	 */
	public static function response( Job $job, ?string $stream ): \WP_REST_Response {
		$response = new \WP_REST_Response( JobResource::accepted( $job, $stream ), 202 );
		$response->header( 'Location', rest_url( Scope::ROUTES . '/jobs/' . $job->id->value ) );

		return $response;
	}
}
