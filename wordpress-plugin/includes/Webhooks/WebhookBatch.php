<?php
/**
 * Several events in one webhook.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Webhooks;

use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Sidecar\DaemonAway;

/**
 * Takes the events of a batch one by one and says of each what became of it: one that fails holds no other up.
 *
 * @since 0.1.0
 */
final class WebhookBatch {

	public const TYPE = 'batch';

	/** How many events the daemon may put into one webhook. */
	public const MAX_EVENTS = 50;

	/**
	 * Takes what gives an event its effect.
	 *
	 * @param WebhookService $webhooks The service.
	 */
	public function __construct( private readonly WebhookService $webhooks ) {
	}

	/**
	 * Takes all events of a batch.
	 *
	 * @param mixed $items The `data.events` of the body.
	 * @return list<array{id: string, status: int, applied: bool}>
	 * @throws Failure If the batch itself is not of the documented form.
	 */
	public function receive( mixed $items ): array {
		if ( ! is_array( $items ) || ! array_is_list( $items ) || count( $items ) > self::MAX_EVENTS ) {
			throw Failure::malformed( 'data.events' );
		}

		return array_map( fn ( mixed $item ): array => $this->receive_one( $item ), $items );
	}

	/**
	 * Takes one event of a batch.
	 *
	 * @param mixed $item Its id and body.
	 * @return array{id: string, status: int, applied: bool}
	 * @throws Failure If it has no id.
	 */
	private function receive_one( mixed $item ): array {
		$id = is_array( $item ) ? $item['id'] ?? null : null;
		if ( ! is_string( $id ) || '' === $id ) {
			throw Failure::malformed( 'data.events.id' );
		}

		try {
			$is_applied = $this->webhooks->receive( WebhookEvent::read( $id, $item['event'] ?? null ) );
			return array(
				'id'      => $id,
				'status'  => 200,
				'applied' => $is_applied,
			);
		} catch ( Failure ) {
			$status = 400;
		} catch ( DaemonAway ) {
			$status = 503;
		} catch ( StorageFailed $failure ) {
			// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- A fault must leave a trace for the operator.
			error_log( 'platen: an event of a batch was not stored: ' . $failure->getMessage() );
			$status = 500;
		}

		return array(
			'id'      => $id,
			'status'  => $status,
			'applied' => false,
		);
	}
}
