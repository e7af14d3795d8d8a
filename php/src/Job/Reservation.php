<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * Whether an amount of a budget is held.
 */
final class Reservation
{
    public function __construct(
        /** When not, nothing was held. */
        public readonly bool $isAllowed,
        public readonly string $reservationId,
        /** How much of the budget is neither spent nor held, after this. */
        public readonly int $remaining,
        /** When the amount may be free, in milliseconds; 0 when allowed. */
        public readonly int $retryAfterMs,
        /** When the amount is free again if it was not settled; null when not allowed. */
        public readonly ?\DateTimeImmutable $expiresAt,
        /** Whether the reservation was there already. */
        public readonly bool $isDuplicate
    ) {
    }

    /** @param array<mixed> $values The reply to a Reserve. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'reservation');

        return new self(
            $fields->bool('is_allowed'),
            $fields->string('reservation_id'),
            $fields->int('remaining'),
            $fields->int('retry_after_ms'),
            isset($values['expires_at']) ? $fields->time('expires_at') : null,
            $fields->bool('is_duplicate')
        );
    }
}
