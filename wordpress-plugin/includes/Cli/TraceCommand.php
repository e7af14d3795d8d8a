<?php
/**
 * The command `wp platen trace`.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

use Platen\Exception\InvalidInput;
use Platen\Job\Hop;
use Platen\Job\JobId;
use Platen\WordPress\Admin\Timeline;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Trace\JobTrace;
use Platen\WordPress\Trace\TraceService;
use WP_CLI;
use WP_CLI\Formatter;

/**
 * Follows one job through WordPress and the daemon.
 *
 * @since 0.1.0
 */
final class TraceCommand {

	/**
	 * Takes what knows the hops.
	 *
	 * @since 0.1.0
	 *
	 * @param TraceService $trace The hops.
	 */
	public function __construct( private readonly TraceService $trace ) {
	}

	/**
	 * Shows what happened to a job, oldest first, with the time since the question.
	 *
	 * When the daemon is away, the steps in WordPress are shown with a warning, and the exit code is 2.
	 *
	 * ## OPTIONS
	 *
	 * <job>
	 * : The job's id.
	 *
	 * [--format=<format>]
	 * : How to write it. `json` gives one object with the request id and the hops.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp platen trace 0193d2e0-0000-7000-8000-000000000000
	 *     Request id: 4bf92f3577b34da6a3ce929d0e0e4736
	 *     +--------------+------------+-----------------+--------------+
	 *     | time         | offset     | hop             | detail       |
	 *     +--------------+------------+-----------------+--------------+
	 *     | 16:00:00.123 | +0.0 ms    | rest.accepted   | subject=user:1 |
	 *     | 16:00:00.127 | +3.6 ms    | job.accepted    |              |
	 *     | 16:00:00.129 | +5.2 ms    | provider.called | attempt=1    |
	 *     +--------------+------------+-----------------+--------------+
	 *
	 * @param list<string>          $args       The job's id.
	 * @param array<string, string> $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		$trace  = $this->find( $args[0] );
		$format = $assoc_args['format'] ?? 'table';

		if ( 'json' === $format ) {
			WP_CLI::line( (string) wp_json_encode( self::document( $trace ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
		} else {
			if ( 'table' === $format ) {
				/* translators: %s: A request id. */
				WP_CLI::line( sprintf( __( 'Request id: %s', 'platen' ), $trace->request_id ) );
			}
			$formatter = new Formatter( $assoc_args, array( 'time', 'offset', 'hop', 'detail' ) );
			$formatter->display_items( self::rows( $trace ) );
		}
		if ( null !== $trace->gap ) {
			/* translators: %s: A stable error code. */
			WP_CLI::warning( sprintf( __( 'The daemon’s hops are missing (%s): only what WordPress knows is shown. Is platend running?', 'platen' ), $trace->gap ) );
			WP_CLI::halt( 2 );
		}
	}

	/**
	 * Gives the lines of the table.
	 *
	 * @param JobTrace $trace The trace.
	 * @return list<array<string, string>>
	 */
	private static function rows( JobTrace $trace ): array {
		$first = $trace->hops[0]->at;

		return array_map(
			static fn ( Hop $hop ): array => array(
				'time'   => $hop->at->setTimezone( wp_timezone() )->format( 'H:i:s.v' ),
				'offset' => Timeline::offset( $first, $hop->at ),
				'hop'    => $hop->name,
				'detail' => Timeline::detail( $hop->detail ),
			),
			$trace->hops
		);
	}

	/**
	 * Gives the trace for machines.
	 *
	 * @param JobTrace $trace The trace.
	 * @return array<string, mixed>
	 */
	private static function document( JobTrace $trace ): array {
		$first = Micros::from( $trace->hops[0]->at );

		return array(
			'job_id'      => $trace->job_id->value,
			'request_id'  => $trace->request_id,
			'is_complete' => null === $trace->gap,
			'hops'        => array_map(
				static fn ( Hop $hop ): array => array(
					'name'      => $hop->name,
					'at'        => Micros::to_rfc3339( $hop->at ),
					'offset_ms' => ( Micros::from( $hop->at ) - $first ) / 1000,
					'detail'    => (object) $hop->detail,
				),
				$trace->hops
			),
		);
	}

	/**
	 * Finds the trace of the job that a text names, or ends with an error.
	 *
	 * @param string $text The text.
	 */
	private function find( string $text ): JobTrace {
		try {
			return $this->trace->for_job( JobId::fromString( $text ) );
		} catch ( InvalidInput | Failure ) {
			/* translators: %s: A text that should be a job's id. */
			WP_CLI::error( sprintf( __( 'This site has no job “%s”.', 'platen' ), $text ) );
		}
	}
}
