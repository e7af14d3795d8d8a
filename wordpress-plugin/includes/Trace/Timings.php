<?php
/**
 * Where a request's time goes.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Trace;

/**
 * Collects durations for the `Server-Timing` header.
 *
 * @since 0.1.0
 */
final class Timings {

	/**
	 * Milliseconds by name.
	 *
	 * @var array<string, float>
	 */
	private array $spent_ms = array();

	/**
	 * Runs work and adds its duration to a name, also when it throws.
	 *
	 * @template T
	 * @param string        $name A word for the header.
	 * @param callable(): T $work What to measure.
	 * @return T
	 */
	public function measure( string $name, callable $work ): mixed {
		$begun_ns = hrtime( true );
		try {
			return $work();
		} finally {
			$this->spent_ms[ $name ] = ( $this->spent_ms[ $name ] ?? 0.0 ) + ( hrtime( true ) - $begun_ns ) / 1e6;
		}
	}

	/** Forgets everything: another request begins. */
	public function reset(): void {
		$this->spent_ms = array();
	}

	/** Gives the value of the header. */
	public function to_header(): string {
		$entries = array();
		foreach ( $this->spent_ms as $name => $duration_ms ) {
			$entries[] = sprintf( '%s;dur=%.2F', $name, $duration_ms );
		}

		return implode( ', ', $entries );
	}
}
