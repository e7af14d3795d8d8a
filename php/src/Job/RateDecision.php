<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * Whether a request is within its rate limit.
 */
final class RateDecision
{
    public function __construct(
        /** When not, nothing was taken. */
        public readonly bool $isAllowed,
        /** How many more requests would be allowed at once. */
        public readonly int $remaining,
        /** How long to wait for the next one, in milliseconds; 0 when allowed. */
        public readonly int $retryAfterMs
    ) {
    }

    /** @param array<mixed> $values The reply to a RateLimit. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'rate decision');

        return new self($fields->bool('is_allowed'), $fields->int('remaining'), $fields->int('retry_after_ms'));
    }

    /** The waiting time as `Retry-After` wants it: whole seconds, never too few. */
    public function retryAfterSeconds(): int
    {
        return intdiv($this->retryAfterMs + 999, 1000);
    }
}
