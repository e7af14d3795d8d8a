<?php
/**
 * What happens every minute.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cron;

use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\Outbox;
use Platen\WordPress\Jobs\Reconciler;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Webhooks\ResultPuller;
use Platen\WordPress\Webhooks\WebhookEventRepository;

/**
 * Empties the outbox, fetches the results that no webhook has brought, asks about jobs that take long and prunes the
 * replay store, by WP-Cron.
 *
 * WP-Cron is the safety net: polls, webhooks, `wp platen jobs flush` and `pull` do the same sooner.
 *
 * @since 0.1.0
 */
final class Upkeep implements Registrable {

	public const HOOK     = 'platen_upkeep';
	public const SCHEDULE = 'platen_minute';

	/** Jobs per run: each costs one exchange on a local socket. */
	private const BATCH = 100;

	/**
	 * Takes the parts.
	 *
	 * @param Outbox                 $outbox     Jobs that wait for the daemon.
	 * @param ResultPuller           $puller     Fetches results.
	 * @param Reconciler             $reconciler Brings rows up to date.
	 * @param WebhookEventRepository $events     The replay store.
	 */
	public function __construct(
		private readonly Outbox $outbox,
		private readonly ResultPuller $puller,
		private readonly Reconciler $reconciler,
		private readonly WebhookEventRepository $events
	) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_filter( 'cron_schedules', array( $this, 'add_schedule' ) );
		add_action( 'init', array( $this, 'schedule' ) );
		add_action( self::HOOK, array( $this, 'run' ) );
	}

	/**
	 * Adds "every minute" to WordPress's schedules.
	 *
	 * @param array<string, array{interval: int, display: string}> $schedules The schedules.
	 * @return array<string, array{interval: int, display: string}>
	 */
	public function add_schedule( array $schedules ): array {
		$schedules[ self::SCHEDULE ] = array(
			'interval' => MINUTE_IN_SECONDS,
			// Not translated: the filter may run before translations may be loaded.
			'display'  => 'Every minute (Platen)',
		);

		return $schedules;
	}

	/**
	 * Makes sure that the event is scheduled.
	 */
	public function schedule(): void {
		if ( false === wp_next_scheduled( self::HOOK ) ) {
			wp_schedule_event( time(), self::SCHEDULE, self::HOOK );
		}
	}

	/**
	 * Takes the event off the schedule.
	 */
	public static function unschedule(): void {
		wp_clear_scheduled_hook( self::HOOK );
	}

	/**
	 * Does the work of one minute. A database that refuses is noted and must not stop the site's other events.
	 */
	public function run(): void {
		try {
			$this->outbox->flush_due( self::BATCH );
			$this->pull();
			$this->reconciler->sweep( self::BATCH );
			$this->events->prune();
		} catch ( StorageFailed $failure ) {
			// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- A fault must leave a trace for the operator.
			error_log( 'platen: upkeep stopped: ' . $failure->getMessage() );
		}
	}

	/**
	 * Fetches results. One that webhooks would bring in a moment comes twice, which does no harm.
	 *
	 * @throws StorageFailed If the database refuses.
	 */
	private function pull(): void {
		try {
			$this->puller->pull( self::BATCH );
		} catch ( DaemonAway ) {
			// Nothing to fetch from. The next minute may have one.
			return;
		} catch ( DaemonRefused $refusal ) {
			// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- A fault must leave a trace for the operator.
			error_log( 'platen: the daemon gives no results: ' . $refusal->error_code );
		}
	}
}
