<?php
/**
 * Taking webhooks.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Jobs\JobTransitions;
use Platen\WordPress\Jobs\ResultWriter;

/**
 * Gives a verified webhook its effect, once.
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
	 * @param Clock                  $clock       The present.
	 */
	public function __construct(
		private readonly Connection $db,
		private readonly WebhookEventRepository $events,
		private readonly JobRepository $jobs,
		private readonly JobTransitions $transitions,
		private readonly ResultWriter $results,
		private readonly Clock $clock
	) {
	}

	/**
	 * Takes an event. False for a repeated one and for a job this site does not have.
	 *
	 * The note and the effect are one transaction: after a crash between them the daemon's next delivery does both.
	 *
	 * @param WebhookEvent $event The event.
	 * @throws StorageFailed If the database refuses; the daemon delivers again then.
	 */
	public function receive( WebhookEvent $event ): bool {
		$received_at = $this->clock->now();
		if ( null === $this->jobs->find( $event->end->id ) ) {
			return false;
		}

		$is_written = $this->db->transaction(
			function () use ( $event, $received_at ): ?bool {
				if ( ! $this->events->add( $event ) ) {
					return null;
				}
				$is_written = $this->results->write( $event->end );
				$this->transitions->webhook_received( $event->end->id, $received_at );

				return $is_written;
			}
		);
		if ( true === $is_written ) {
			$this->results->announce( $event->end->id );
		}

		return null !== $is_written;
	}
}
