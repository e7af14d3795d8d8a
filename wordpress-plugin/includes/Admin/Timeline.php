<?php
/**
 * The hops of one job, ready to show.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Job\Hop;
use Platen\WordPress\Trace\JobTrace;

/**
 * Puts hops in words and gives each its distance from the first.
 *
 * @since 0.1.0
 */
final class Timeline {

	/**
	 * Takes the trace.
	 *
	 * @since 0.1.0
	 *
	 * @param JobTrace $trace The trace.
	 */
	public function __construct( private readonly JobTrace $trace ) {
	}

	/**
	 * Tells whether the daemon's part is missing.
	 *
	 * @since 0.1.0
	 */
	public function has_gap(): bool {
		return null !== $this->trace->gap;
	}

	/**
	 * Says why the daemon's part is missing.
	 *
	 * @since 0.1.0
	 */
	public function gap(): string {
		return match ( $this->trace->gap ) {
			'job_not_found' => __( 'The daemon does not have this job (yet), so only the steps in WordPress are shown.', 'platen' ),
			'daemon_unavailable', 'deadline_exceeded', 'draining', 'store_unavailable' => __( 'The daemon is away, so only the steps in WordPress are shown.', 'platen' ),
			default         => sprintf(
				/* translators: %s: A stable error code. */
				__( 'The daemon could not be asked (%s), so only the steps in WordPress are shown.', 'platen' ),
				(string) $this->trace->gap
			),
		};
	}

	/**
	 * Gives the hops, oldest first.
	 *
	 * @since 0.1.0
	 *
	 * @return list<array{name: string, label: string, at: \DateTimeImmutable, offset: string, detail: string, is_bad: bool}>
	 */
	public function entries(): array {
		$first = $this->trace->hops[0]->at ?? null;

		return array_map(
			static fn ( Hop $hop ): array => array(
				'name'   => $hop->name,
				'label'  => self::label( $hop->name ),
				'at'     => $hop->at,
				'offset' => self::offset( $first ?? $hop->at, $hop->at ),
				'detail' => self::detail( $hop->detail ),
				'is_bad' => self::is_bad( $hop->name ),
			),
			$this->trace->hops
		);
	}

	/**
	 * Writes how much later a hop was, in milliseconds.
	 *
	 * @since 0.1.0
	 *
	 * @param \DateTimeImmutable $from The first hop.
	 * @param \DateTimeImmutable $to   This hop.
	 */
	public static function offset( \DateTimeImmutable $from, \DateTimeImmutable $to ): string {
		return sprintf( '%+.1F ms', self::micros( $from, $to ) / 1000 );
	}

	/**
	 * Writes the facts of a hop as `name=value` pairs.
	 *
	 * @since 0.1.0
	 *
	 * @param array<mixed> $detail The facts.
	 */
	public static function detail( array $detail ): string {
		$pairs = array();
		foreach ( $detail as $name => $value ) {
			$text    = is_scalar( $value ) && ! is_bool( $value ) ? (string) $value : (string) wp_json_encode( $value );
			$pairs[] = $name . '=' . $text;
		}

		return implode( ' ', $pairs );
	}

	/**
	 * Says a hop's name in words; an unknown one stands for itself.
	 *
	 * @param string $name The name.
	 */
	private static function label( string $name ): string {
		return match ( $name ) {
			'rest.accepted'        => __( 'WordPress accepted the question', 'platen' ),
			'handoff.waiting'      => __( 'The next try to hand it over', 'platen' ),
			'handoff.sent'         => __( 'Handed over to the daemon', 'platen' ),
			'job.accepted'         => __( 'The daemon made it durable', 'platen' ),
			'job.leased'           => __( 'A worker took it', 'platen' ),
			'job.retry_scheduled'  => __( 'Another attempt was scheduled', 'platen' ),
			'job.given_back'       => __( 'A worker gave it back', 'platen' ),
			'job.recovered'        => __( 'Recovered after a restart', 'platen' ),
			'job.replayed'         => __( 'Started again from the dead letters', 'platen' ),
			'job.succeeded'        => __( 'Succeeded', 'platen' ),
			'job.dead'             => __( 'Failed for good', 'platen' ),
			'job.cancelled'        => __( 'Cancelled', 'platen' ),
			'provider.called'      => __( 'The provider was called', 'platen' ),
			'provider.first_token' => __( 'The first token arrived', 'platen' ),
			'provider.answered'    => __( 'The provider answered', 'platen' ),
			'provider.failed'      => __( 'The provider failed', 'platen' ),
			'webhook.delivered'    => __( 'The result was delivered', 'platen' ),
			'webhook.failed'       => __( 'The result could not be delivered', 'platen' ),
			'webhook.given_up'     => __( 'The delivery was given up', 'platen' ),
			'result.fetched'       => __( 'The site fetched the result', 'platen' ),
			'webhook.received'     => __( 'WordPress received the result', 'platen' ),
			'result.stored'        => __( 'WordPress stored the result', 'platen' ),
			default                => $name,
		};
	}

	/**
	 * Tells whether a hop is bad news.
	 *
	 * @param string $name The name.
	 */
	private static function is_bad( string $name ): bool {
		return in_array( $name, array( 'job.dead', 'provider.failed', 'webhook.failed', 'webhook.given_up', 'handoff.waiting' ), true );
	}

	/**
	 * Gives the time between two moments, in microseconds.
	 *
	 * @param \DateTimeImmutable $from The earlier one.
	 * @param \DateTimeImmutable $to   The later one.
	 */
	private static function micros( \DateTimeImmutable $from, \DateTimeImmutable $to ): int {
		return ( $to->getTimestamp() - $from->getTimestamp() ) * 1_000_000 + (int) $to->format( 'u' ) - (int) $from->format( 'u' );
	}
}
