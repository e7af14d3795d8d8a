<?php
/**
 * Taking events.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\JobEnd;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Jobs\JobTransitions;
use Platen\WordPress\Jobs\ResultWriter;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Gives an event of the daemon its effect, once, whichever way it comes.
 *
 * @since 0.1.0
 */
final class WebhookService {

	/**
	 * Takes the parts.
	 *
	 * @param Connection             $db          The connection.
	 * @param WebhookEventRepository $events      The replay store.
	 * @param JobRepository          $jobs        The jobs.
	 * @param JobTransitions         $transitions Their changes.
	 * @param ResultWriter           $results     Writes ends.
	 * @param SidecarGateway         $daemon      Where long answers are read from.
	 * @param Clock                  $clock       The present.
	 */
	public function __construct(
		private readonly Connection $db,
		private readonly WebhookEventRepository $events,
		private readonly JobRepository $jobs,
		private readonly JobTransitions $transitions,
		private readonly ResultWriter $results,
		private readonly SidecarGateway $daemon,
		private readonly Clock $clock
	) {
	}

	/**
	 * Takes an event that a webhook brought. False for a repeated one and for a job this site does not have.
	 *
	 * @param WebhookEvent $event The event.
	 * @throws StorageFailed|DaemonAway If it cannot be taken now; the daemon delivers again then.
	 * @throws Failure If it is not of the documented form.
	 */
	public function receive( WebhookEvent $event ): bool {
		return $this->take( $event, true );
	}

	/**
	 * Takes an event that this site asked for. False for a repeated one and for a job this site does not have.
	 *
	 * @param WebhookEvent $event The event.
	 * @throws StorageFailed|DaemonAway If it cannot be taken now; it comes again then.
	 * @throws Failure If it is not of the documented form.
	 */
	public function fetched( WebhookEvent $event ): bool {
		return $this->take( $event, false );
	}

	/**
	 * Notes the event and writes its effect.
	 *
	 * Both are one transaction: after a crash between them the event comes again and does both.
	 *
	 * @param WebhookEvent $event      The event.
	 * @param bool         $is_webhook Whether a webhook brought it.
	 * @throws StorageFailed|DaemonAway If it cannot be taken now.
	 * @throws Failure If it is not of the documented form.
	 */
	private function take( WebhookEvent $event, bool $is_webhook ): bool {
		$received_at = $this->clock->now();
		if ( null === $this->jobs->find( $event->job_id ) ) {
			return false;
		}
		$end = $this->end_of( $event );

		$is_written = $this->db->transaction(
			function () use ( $event, $end, $is_webhook, $received_at ): ?bool {
				if ( ! $this->events->add( $event ) ) {
					return null;
				}
				$is_written = $this->results->write( $end );
				if ( $is_webhook ) {
					$this->transitions->webhook_received( $event->job_id, $received_at );
				}

				return $is_written;
			}
		);
		if ( true === $is_written ) {
			$this->results->announce( $event->job_id );
		}

		return null !== $is_written;
	}

	/**
	 * Reads the end, and a long answer from the daemon.
	 *
	 * @param WebhookEvent $event The event.
	 * @throws DaemonAway If the daemon is needed and away.
	 * @throws Failure If the event is not of the documented form, or its answer is gone.
	 */
	private function end_of( WebhookEvent $event ): JobEnd {
		if ( ! $event->is_by_reference() ) {
			return $event->end();
		}

		try {
			return $event->end( $this->daemon->answer( $event->job_id ) );
		} catch ( DaemonRefused ) {
			throw Failure::malformed( 'data.result_ref' );
		}
	}
}
