<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * What was booked on a budget.
 */
final class Settlement
{
    public function __construct(
        public readonly string $reservationId,
        /** The amount of the first settlement. */
        public readonly int $amount,
        /** What the key has spent in the reservation's period, this included. */
        public readonly int $spent,
        /** Whether it was settled before; then nothing was changed. */
        public readonly bool $isDuplicate
    ) {
    }

    /** @param array<mixed> $values The reply to a Settle. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'settlement');

        return new self(
            $fields->string('reservation_id'),
            $fields->int('amount'),
            $fields->int('spent'),
            $fields->bool('is_duplicate')
        );
    }
}
