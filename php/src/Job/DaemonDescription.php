<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * What the daemon is, takes and can do.
 */
final class DaemonDescription
{
    /**
     * @param array<mixed> $limits What it takes at most, see docs/protocol.md.
     * @param array<mixed> $models The names that jobs may ask for.
     * @param array<mixed> $features What it can do beyond handing over one job.
     */
    public function __construct(
        public readonly DaemonInfo $daemon,
        public readonly array $limits,
        public readonly array $models,
        public readonly array $features
    ) {
    }

    /** @param array<mixed> $values The reply to a Describe. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'description');

        return new self(
            DaemonInfo::fromArray($values),
            $fields->array('limits'),
            $fields->array('models'),
            $fields->array('features')
        );
    }

    public function has(string $feature): bool
    {
        return in_array($feature, $this->features, true);
    }
}
