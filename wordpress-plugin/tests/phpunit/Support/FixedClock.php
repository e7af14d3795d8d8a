<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Support;

use Platen\WordPress\Contracts\Clock;

/**
 * A clock that stands until a test moves it.
 */
final class FixedClock implements Clock {

	public function __construct( private \DateTimeImmutable $now ) {
	}

	/** Stands at the present, for what another process reads by the real clock. */
	public static function at_present(): self {
		return new self( new \DateTimeImmutable() );
	}

	public function now(): \DateTimeImmutable {
		return $this->now;
	}

	public function advance( int $seconds ): void {
		$this->now = $this->now->modify( "{$seconds} seconds" );
	}
}
