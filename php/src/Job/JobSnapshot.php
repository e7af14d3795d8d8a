<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * All that may be told about a job at one moment.
 *
 * @phpstan-type Answer array{text: string, finish_reason: string, model: string, provider: string}
 * @phpstan-type Usage array{input_tokens: int, cached_input_tokens: int, output_tokens: int,
 *     reasoning_tokens: int, cost_microusd: int|null, is_estimate: bool}
 * @phpstan-type JobError array{code: string, message: string}
 */
final class JobSnapshot
{
    /**
     * @param Answer|null $result The answer of a succeeded job.
     * @param Usage|null $usage What it used, of all attempts that were charged.
     * @param JobError|null $error Why it is dead, or why the last attempt of a queued one failed.
     */
    public function __construct(
        public readonly JobId $id,
        public readonly string $kind,
        public readonly JobStatus $status,
        public readonly ?array $result,
        public readonly ?array $usage,
        public readonly ?array $error,
        public readonly int $attempt,
        public readonly string $requestId,
        public readonly \DateTimeImmutable $createdAt,
        public readonly \DateTimeImmutable $updatedAt
    ) {
    }

    /** @param array<mixed> $values The reply to a Status, Cancel or Retry. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'job');

        return new self(
            JobId::fromString($fields->string('id')),
            $fields->string('kind'),
            $fields->status('status'),
            $fields->optionalArray('result'),
            $fields->optionalArray('usage'),
            $fields->optionalArray('error'),
            $fields->int('attempt'),
            $fields->string('request_id'),
            $fields->time('created_at'),
            $fields->time('updated_at')
        );
    }
}
