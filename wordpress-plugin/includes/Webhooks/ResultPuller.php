<?php
/**
 * Asking for results.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\Job\ResultEvent;
use Platen\Job\ResultPage;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Fetches from the daemon what no webhook has brought, page by page.
 *
 * A page is acknowledged, by its cursor, after its events have had their effect. After a crash in between it comes
 * again, and its events are repeated ones.
 *
 * @since 0.1.0
 */
final class ResultPuller {

	public const CURSOR_OPTION = 'platen_results_cursor';

	private const PAGE = 50;

	/**
	 * Takes the parts.
	 *
	 * @param SidecarGateway $daemon   The daemon.
	 * @param WebhookService $webhooks Gives events their effect.
	 */
	public function __construct( private readonly SidecarGateway $daemon, private readonly WebhookService $webhooks ) {
	}

	/**
	 * Fetches results until there are no more.
	 *
	 * @param int $limit   How many at most.
	 * @param int $wait_ms How long to wait for the first.
	 * @throws DaemonAway|DaemonRefused When the daemon tells none.
	 * @throws StorageFailed If the database refuses; what was fetched comes again.
	 */
	public function pull( int $limit, int $wait_ms = 0 ): PullReport {
		$report = new PullReport();
		do {
			$page = $this->daemon->results( $this->cursor(), min( self::PAGE, $limit - $report->seen ), $wait_ms );
			foreach ( $page->results as $result ) {
				$report = $this->take( $result, $report );
			}
			$this->keep( $page );
			$wait_ms = 0;
		} while ( $page->hasMore && $report->seen < $limit );
		if ( $report->seen > 0 ) {
			// The last page is acknowledged now rather than with the next look.
			$this->keep( $this->daemon->results( $this->cursor(), 0, 0 ) );
		}

		return $report;
	}

	/**
	 * Gives one event its effect. One that cannot be read is noted and left behind: it would be the same the next time.
	 *
	 * @param ResultEvent $result The event.
	 * @param PullReport  $report What became of those before.
	 * @throws DaemonAway If its answer cannot be read now.
	 * @throws StorageFailed If the database refuses.
	 */
	private function take( ResultEvent $result, PullReport $report ): PullReport {
		try {
			return $report->with( $this->webhooks->fetched( WebhookEvent::read( $result->id, $result->event ) ) );
		} catch ( Failure $failure ) {
			// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- A fault must leave a trace for the operator.
			error_log( "platen: the result {$result->id} cannot be read: {$failure->getMessage()}" );

			return $report->with_malformed();
		}
	}

	/**
	 * Gives the cursor of the last page that was dealt with.
	 */
	private function cursor(): int {
		return max( 0, (int) get_option( self::CURSOR_OPTION, 0 ) );
	}

	/**
	 * Keeps a page's cursor.
	 *
	 * @param ResultPage $page The page.
	 */
	private function keep( ResultPage $page ): void {
		if ( $this->cursor() !== $page->cursor ) {
			update_option( self::CURSOR_OPTION, $page->cursor, false );
		}
	}
}
