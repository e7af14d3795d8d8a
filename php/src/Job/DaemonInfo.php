<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * What the daemon says of itself when it is pinged.
 */
final class DaemonInfo
{
    public function __construct(
        public readonly string $version,
        public readonly int $protocol,
        public readonly int $pid,
        public readonly int $uptimeMs
    ) {
    }

    /** @param array<mixed> $values The reply to a Ping. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'pong');

        return new self(
            $fields->string('version'),
            $fields->int('protocol'),
            $fields->int('pid'),
            $fields->int('uptime_ms')
        );
    }
}
