<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * Where a job stands in its life. The words are the same in Rust, SQL, JSON, PHP, REST and metrics.
 */
enum JobStatus: string
{
    /** Durable and waiting for its turn or for a retry. */
    case Queued = 'queued';
    /** A worker holds the lease and calls the provider. */
    case Running = 'running';
    /** Ended with an answer. */
    case Succeeded = 'succeeded';
    /** Ended without one after the last try; kept as a dead letter that can be retried. */
    case Dead = 'dead';
    /** Ended by request. */
    case Cancelled = 'cancelled';

    public function isFinal(): bool
    {
        return match ($this) {
            self::Queued, self::Running => false,
            self::Succeeded, self::Dead, self::Cancelled => true,
        };
    }

    /** @return list<string> Every status word, in the order of a job's life. */
    public static function words(): array
    {
        return array_column(self::cases(), 'value');
    }
}
