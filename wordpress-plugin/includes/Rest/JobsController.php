<?php
/**
 * Jobs over REST.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Rest;

use Platen\Exception\InvalidInput;
use Platen\Job\JobId;
use Platen\WordPress\Chat\RateLimiter;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobService;
use Platen\WordPress\Jobs\StreamTokens;
use Platen\WordPress\Sessions\Callers;
use Platen\WordPress\Sessions\ClientAddress;

/**
 * `/jobs/{id}` and what can be done with it.
 *
 * @since 0.1.0
 */
final class JobsController {

	private const ROUTE = '/jobs/(?P<id>[0-9a-f-]{36})';

	/**
	 * Takes the parts.
	 *
	 * @param Callers       $callers Recognises callers.
	 * @param ClientAddress $address Where they come from.
	 * @param JobService    $jobs    The jobs.
	 * @param RateLimiter   $limiter Counts retries as questions.
	 * @param StreamTokens  $streams Mints stream tokens.
	 */
	public function __construct(
		private readonly Callers $callers,
		private readonly ClientAddress $address,
		private readonly JobService $jobs,
		private readonly RateLimiter $limiter,
		private readonly StreamTokens $streams
	) {
	}

	/**
	 * Registers the routes.
	 */
	public function register_routes(): void {
		$this->register( '', \WP_REST_Server::READABLE, 'show', array( JobResource::class, 'schema' ) );
		$this->register( '/stream', \WP_REST_Server::CREATABLE, 'stream', array( $this, 'stream_schema' ) );
		$this->register( '/cancel', \WP_REST_Server::CREATABLE, 'cancel', array( JobResource::class, 'schema' ) );
		$this->register( '/retry', \WP_REST_Server::CREATABLE, 'retry', array( JobResource::class, 'accepted_schema' ) );
	}

	/**
	 * Lets in whoever could own a job. Whether this one is theirs is decided with the job at hand, and answered 404.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function check_permission( \WP_REST_Request $request ): bool|\WP_Error {
		return RestErrors::permitted( fn () => $this->callers->of( $request ) );
	}

	/**
	 * Shows a job; 304 when the browser has it already.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function show( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function () use ( $request ): \WP_REST_Response {
				$resource = JobResource::full( $this->jobs->refresh( $this->own_job( $request ) ) );
				$etag     = '"' . substr( hash( 'sha256', (string) wp_json_encode( $resource ) ), 0, 32 ) . '"';
				$response = self::matches( $request->get_header( 'If-None-Match' ), $etag )
					? new \WP_REST_Response( null, 304 )
					: new \WP_REST_Response( $resource );
				$response->header( 'ETag', $etag );
				$response->header( 'Cache-Control', 'private, no-cache' );

				return $response;
			}
		);
	}

	/**
	 * Gives a new token for the job's stream.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function stream( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function () use ( $request ): \WP_REST_Response {
				$job = $this->own_job( $request );
				$job = $job->is_handed_off() ? $job : $this->jobs->refresh( $job );

				return new \WP_REST_Response( array( 'stream' => $this->streams->path( $job ) ) );
			}
		);
	}

	/**
	 * Cancels a job.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function cancel( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			fn (): \WP_REST_Response => new \WP_REST_Response( JobResource::full( $this->jobs->cancel( $this->own_job( $request ) ) ) )
		);
	}

	/**
	 * Starts a dead job again, for its owner or somebody who manages the site.
	 *
	 * @param \WP_REST_Request $request The request.
	 */
	public function retry( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		return RestErrors::guarded(
			function () use ( $request ): \WP_REST_Response {
				$caller = $this->callers->of( $request );
				$job    = current_user_can( 'manage_options' ) ? $this->jobs->of_site( self::id( $request ) ) : $this->own_job( $request );
				if ( ! $job->is_retryable() ) {
					throw Failure::not_dead();
				}
				$this->limiter->take_question( $caller, $caller->is_anonymous() ? $this->address->hash() : null );
				$job = $this->jobs->retry( $job );

				return Accepted::response( $job, $this->streams->path( $job ) );
			}
		);
	}

	/**
	 * Describes the answer of {@see self::stream()}.
	 *
	 * @return array<string, mixed>
	 */
	public function stream_schema(): array {
		$schema               = JobResource::accepted_schema();
		$schema['title']      = 'platen_job_stream';
		$schema['properties'] = array( 'stream' => $schema['properties']['stream'] );

		return $schema;
	}

	/**
	 * Registers one route.
	 *
	 * @param string   $suffix  What follows the job's id.
	 * @param string   $methods The HTTP methods.
	 * @param string   $action  The method of this class.
	 * @param callable $schema  Describes the answer.
	 */
	private function register( string $suffix, string $methods, string $action, callable $schema ): void {
		register_rest_route(
			Scope::ROUTES,
			self::ROUTE . $suffix,
			array(
				array(
					'methods'             => $methods,
					'callback'            => array( $this, $action ),
					'permission_callback' => array( $this, 'check_permission' ),
					'args'                => array(
						'id' => array(
							'description' => __( 'The job.', 'platen' ),
							'type'        => 'string',
							'format'      => 'uuid',
							'required'    => true,
						),
					),
				),
				'schema' => $schema,
			)
		);
	}

	/**
	 * Gives the caller's job.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @throws Failure If the caller has no such job.
	 */
	private function own_job( \WP_REST_Request $request ): Job {
		return $this->jobs->of_owner( self::id( $request ), $this->callers->of( $request ) );
	}

	/**
	 * Reads the id. A UUID that no job can have is a job that is not there.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @throws Failure If it is no job's.
	 */
	private static function id( \WP_REST_Request $request ): JobId {
		try {
			return JobId::fromString( $request['id'] );
		} catch ( InvalidInput ) {
			throw Failure::job_not_found();
		}
	}

	/**
	 * Tells whether the browser's copy is the present one (RFC 9110, weak comparison).
	 *
	 * @param string|null $if_none_match The header.
	 * @param string      $etag          The present copy's tag.
	 */
	private static function matches( ?string $if_none_match, string $etag ): bool {
		$tags = array_map(
			static fn ( string $tag ): string => (string) preg_replace( '~\AW/~', '', trim( $tag ) ),
			explode( ',', (string) $if_none_match )
		);

		return in_array( $etag, $tags, true ) || in_array( '*', $tags, true );
	}
}
