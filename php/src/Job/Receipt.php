<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * The daemon's word that a job is durable.
 */
final class Receipt
{
    public function __construct(
        public readonly JobId $jobId,
        public readonly JobStatus $status,
        /** Whether the job was there already; `jobId` is then the earlier one's. */
        public readonly bool $isDuplicate
    ) {
    }

    /** @param array<mixed> $values The reply to a Submit. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'receipt');

        return new self(
            JobId::fromString($fields->string('job_id')),
            $fields->status('status'),
            $fields->bool('is_duplicate')
        );
    }
}
