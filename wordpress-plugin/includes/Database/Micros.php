<?php
/**
 * Times in tables and JSON.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database;

/**
 * Converts times to and from microseconds since the Unix epoch, the unit of every `*_at` column.
 *
 * @since 0.1.0
 */
final class Micros {

	/**
	 * Gives a time's microseconds.
	 *
	 * @param \DateTimeImmutable $time The time.
	 */
	public static function from( \DateTimeImmutable $time ): int {
		return $time->getTimestamp() * 1_000_000 + (int) $time->format( 'u' );
	}

	/**
	 * Gives a column's time.
	 *
	 * @param int $micros Microseconds since the Unix epoch.
	 */
	public static function to_time( int $micros ): \DateTimeImmutable {
		$seconds = intdiv( $micros, 1_000_000 );
		$time    = \DateTimeImmutable::createFromFormat( 'U u', sprintf( '%d %06d', $seconds, $micros - $seconds * 1_000_000 ), new \DateTimeZone( 'UTC' ) );

		return false === $time ? new \DateTimeImmutable( '@' . $seconds ) : $time;
	}

	/**
	 * Writes a time as JSON has it: RFC 3339, UTC, microseconds.
	 *
	 * @param \DateTimeImmutable $time The time.
	 */
	public static function to_rfc3339( \DateTimeImmutable $time ): string {
		return $time->setTimezone( new \DateTimeZone( 'UTC' ) )->format( 'Y-m-d\TH:i:s.u\Z' );
	}
}
