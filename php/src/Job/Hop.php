<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * One moment of a job's life: `job.accepted`, `provider.called`, `webhook.delivered` …
 */
final class Hop
{
    /** @param array<mixed> $detail Facts worth showing: attempt, provider, HTTP status, code. */
    public function __construct(
        public readonly string $name,
        public readonly \DateTimeImmutable $at,
        public readonly array $detail
    ) {
    }

    /** @param array<mixed> $values One element of the `hops` of a Trace reply. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'hop');

        return new self($fields->string('name'), $fields->time('at'), $fields->optionalArray('detail') ?? []);
    }
}
