<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * What happened to a job in the daemon, oldest first.
 */
final class Trace
{
    /** @param list<Hop> $hops */
    public function __construct(
        public readonly JobId $jobId,
        public readonly string $requestId,
        public readonly array $hops
    ) {
    }

    /** @param array<mixed> $values The reply to a Trace. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'trace');
        $hops = array_map(
            static fn (mixed $hop): Hop => Hop::fromArray(is_array($hop) ? $hop : []),
            array_values($fields->array('hops'))
        );

        return new self(JobId::fromString($fields->string('job_id')), $fields->string('request_id'), $hops);
    }
}
