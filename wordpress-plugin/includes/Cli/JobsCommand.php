<?php
/**
 * The command `wp platen jobs`.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

use Platen\Exception\InvalidInput;
use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Jobs\JobService;
use Platen\WordPress\Jobs\Outbox;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Webhooks\ResultPuller;
use WP_CLI;
use WP_CLI\Formatter;

/**
 * Lists, shows, retries and hands over jobs, and fetches their results.
 *
 * @since 0.1.0
 */
final class JobsCommand {

	private const LIST_FIELDS = array( 'id', 'status', 'user', 'model', 'input_tokens', 'output_tokens', 'cost_usd', 'created_at' );

	/**
	 * How many jobs are read from the database at once.
	 */
	private const BATCH = 200;

	/**
	 * Takes what does the work.
	 *
	 * @since 0.1.0
	 *
	 * @param JobRepository $jobs    The jobs.
	 * @param JobService    $service Changes jobs.
	 * @param Outbox        $outbox  The waiting jobs.
	 * @param ResultPuller  $puller  Fetches results.
	 */
	public function __construct(
		private readonly JobRepository $jobs,
		private readonly JobService $service,
		private readonly Outbox $outbox,
		private readonly ResultPuller $puller
	) {
	}

	/**
	 * Lists jobs, newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--status=<status>]
	 * : Only jobs of this status.
	 * ---
	 * options:
	 *   - queued
	 *   - running
	 *   - succeeded
	 *   - dead
	 *   - cancelled
	 * ---
	 *
	 * [--limit=<number>]
	 * : How many jobs at most.
	 * ---
	 * default: 50
	 * ---
	 *
	 * [--fields=<fields>]
	 * : Which fields to show, separated by commas. There are: id, status, is_waiting, user_id, user, model, provider,
	 * input_tokens, output_tokens, cost_usd, attempt, error_code, request_id, conversation_id, created_at, updated_at,
	 * finished_at, duration_ms.
	 *
	 * [--format=<format>]
	 * : How to write them. `count` gives the number of all that match, whatever the limit.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 *   - count
	 *   - ids
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     # Show the dead letters.
	 *     $ wp platen jobs list --status=dead
	 *
	 *     # Retry all of them.
	 *     $ wp platen jobs list --status=dead --format=ids | xargs -d ' ' wp platen jobs retry
	 *
	 * @subcommand list
	 *
	 * @param list<string>          $args       Nothing.
	 * @param array<string, string> $assoc_args The options.
	 */
	public function list_( array $args, array $assoc_args ): void {
		$status = isset( $assoc_args['status'] ) ? JobStatus::from( $assoc_args['status'] ) : null;
		$limit  = Input::positive( $assoc_args, 'limit', 50 );
		$format = $assoc_args['format'] ?? 'table';

		if ( 'count' === $format ) {
			WP_CLI::line( (string) $this->jobs->page( $status, 1, 1 )->total );
			return;
		}

		$jobs = $this->newest( $status, $limit );
		if ( 'ids' === $format ) {
			WP_CLI::line( implode( ' ', array_map( static fn ( Job $job ): string => $job->id->value, $jobs ) ) );
			return;
		}

		$formatter = new Formatter( $assoc_args, self::LIST_FIELDS );
		$formatter->display_items( array_map( array( JobItem::class, 'of' ), $jobs ) );
	}

	/**
	 * Shows one job. Question and answer are not shown.
	 *
	 * ## OPTIONS
	 *
	 * <job>
	 * : The job's id.
	 *
	 * [--field=<field>]
	 * : Only the value of one field.
	 *
	 * [--fields=<fields>]
	 * : Which fields to show, separated by commas.
	 *
	 * [--format=<format>]
	 * : How to write it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - yaml
	 *   - csv
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     # Why did it fail?
	 *     $ wp platen jobs show 0193d2e0-0000-7000-8000-000000000000 --field=error_code
	 *     provider_unavailable
	 *
	 * @param list<string>          $args       The job's id.
	 * @param array<string, string> $assoc_args The options.
	 */
	public function show( array $args, array $assoc_args ): void {
		$item = JobItem::of( $this->service->refresh( $this->find( $args[0] ) ) );

		$formatter = new Formatter( $assoc_args, array_keys( $item ) );
		$formatter->display_item( $item );
	}

	/**
	 * Hands waiting jobs over to the daemon, without waiting for the next try.
	 *
	 * Ends with exit code 1 when jobs still wait, because the daemon is away.
	 *
	 * ## OPTIONS
	 *
	 * [--limit=<number>]
	 * : How many jobs at most.
	 * ---
	 * default: 1000
	 * ---
	 *
	 * [--dry-run]
	 * : Only tell how many jobs wait.
	 *
	 * ## EXAMPLES
	 *
	 *     # Hand over what was asked while the daemon was away.
	 *     $ wp platen jobs flush
	 *     Success: 3 jobs handed over.
	 *
	 * @param list<string>              $args       Nothing.
	 * @param array<string, string|bool> $assoc_args The options.
	 */
	public function flush( array $args, array $assoc_args ): void {
		$limit = Input::positive( $assoc_args, 'limit', 1000 );
		if ( WP_CLI\Utils\get_flag_value( $assoc_args, 'dry-run', false ) ) {
			$count = count( $this->jobs->waiting_for_handoff( $limit ) );
			/* translators: %d: A number of jobs. */
			WP_CLI::success( sprintf( _n( '%d job waits.', '%d jobs wait.', $count, 'platen' ), $count ) );
			return;
		}

		$report = $this->outbox->flush_all( $limit );
		if ( $report->refused > 0 ) {
			/* translators: %d: A number of jobs. */
			WP_CLI::warning( sprintf( _n( 'The daemon refused %d job for good; see “wp platen jobs list --status=dead”.', 'The daemon refused %d jobs for good; see “wp platen jobs list --status=dead”.', $report->refused, 'platen' ), $report->refused ) );
		}
		/* translators: %d: A number of jobs. */
		$sent = sprintf( _n( '%d job handed over.', '%d jobs handed over.', $report->sent, 'platen' ), $report->sent );
		if ( $report->waiting > 0 ) {
			/* translators: 1: How many were handed over. 2: A number of jobs. */
			WP_CLI::error( sprintf( _n( '%1$s The daemon is away: %2$d job keeps waiting.', '%1$s The daemon is away: %2$d jobs keep waiting.', $report->waiting, 'platen' ), $sent, $report->waiting ) );
		}
		WP_CLI::success( $sent );
	}

	/**
	 * Fetches results that no webhook has brought.
	 *
	 * For sites that the daemon cannot call, or whose webhooks are off. A result that came before has no effect again.
	 *
	 * ## OPTIONS
	 *
	 * [--limit=<number>]
	 * : How many results at most.
	 * ---
	 * default: 1000
	 * ---
	 *
	 * [--wait=<seconds>]
	 * : How long to wait for the first result, at most 60.
	 * ---
	 * default: 0
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     # Fetch what has ended while the site could not be reached.
	 *     $ wp platen jobs pull
	 *     Success: 3 results fetched, 2 of them new.
	 *
	 * @param list<string>          $args       Nothing.
	 * @param array<string, string> $assoc_args The options.
	 */
	public function pull( array $args, array $assoc_args ): void {
		$limit  = Input::positive( $assoc_args, 'limit', 1000 );
		$wait_s = '0' === (string) ( $assoc_args['wait'] ?? '0' ) ? 0 : min( 60, Input::positive( $assoc_args, 'wait', 1 ) );

		try {
			$report = $this->puller->pull( $limit, $wait_s * 1000 );
		} catch ( DaemonAway | DaemonRefused | StorageFailed $failure ) {
			WP_CLI::error( $failure->getMessage() );
		}
		if ( $report->malformed > 0 ) {
			/* translators: %d: A number of results. */
			WP_CLI::warning( sprintf( _n( '%d result could not be read.', '%d results could not be read.', $report->malformed, 'platen' ), $report->malformed ) );
		}
		/* translators: 1: How many results were fetched. 2: How many of them were new. */
		WP_CLI::success( sprintf( _n( '%1$d result fetched, %2$d of them new.', '%1$d results fetched, %2$d of them new.', $report->seen, 'platen' ), $report->seen, $report->applied ) );
	}

	/**
	 * Starts dead jobs again.
	 *
	 * ## OPTIONS
	 *
	 * <job>...
	 * : The jobs' ids.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp platen jobs retry 0193d2e0-0000-7000-8000-000000000000
	 *     Success: 1 of 1 jobs retried.
	 *
	 * @param list<string> $args The jobs' ids.
	 */
	public function retry( array $args ): void {
		$retried = 0;
		foreach ( $args as $text ) {
			try {
				$this->service->retry( $this->find( $text ) );
				++$retried;
			} catch ( Failure | StorageFailed $failure ) {
				WP_CLI::warning( "{$text}: {$failure->getMessage()}" );
			}
		}

		/* translators: 1: How many were retried. 2: How many were asked for. */
		$outcome = sprintf( __( '%1$d of %2$d jobs retried.', 'platen' ), $retried, count( $args ) );
		count( $args ) === $retried ? WP_CLI::success( $outcome ) : WP_CLI::error( $outcome );
	}

	/**
	 * Reads the newest jobs, a batch at a time.
	 *
	 * @param JobStatus|null $status Only these; null for all.
	 * @param int            $limit  How many at most.
	 * @return list<Job>
	 */
	private function newest( ?JobStatus $status, int $limit ): array {
		$jobs = array();
		for ( $page = 1; count( $jobs ) < $limit; ++$page ) {
			$batch = $this->jobs->page( $status, $page, self::BATCH )->jobs;
			$jobs  = array_merge( $jobs, $batch );
			if ( count( $batch ) < self::BATCH ) {
				break;
			}
		}

		return array_slice( $jobs, 0, $limit );
	}

	/**
	 * Finds the job that a text names, or ends with an error.
	 *
	 * @param string $text The text.
	 */
	private function find( string $text ): Job {
		try {
			return $this->service->of_site( JobId::fromString( $text ) );
		} catch ( InvalidInput | Failure ) {
			/* translators: %s: A text that should be a job's id. */
			WP_CLI::error( sprintf( __( 'This site has no job “%s”.', 'platen' ), $text ) );
		}
	}
}
