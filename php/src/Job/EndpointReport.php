<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * How the daemon's webhooks to the site stand.
 */
final class EndpointReport
{
    /**
     * @param string $status `on`, `off` (an operator turned them off) or `gone` (the site answered 410).
     * @param \DateTimeImmutable|null $since Since when; null if that was never changed.
     * @param int $waiting How many wait to be delivered.
     * @param string|null $lastError What was wrong with the last try of one that waits.
     */
    public function __construct(
        public readonly string $status,
        public readonly ?\DateTimeImmutable $since,
        public readonly int $waiting,
        public readonly ?string $lastError
    ) {
    }

    public function isOn(): bool
    {
        return $this->status === 'on';
    }

    /** @param array<mixed> $values The `webhooks` of a page of results. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'report on webhooks');

        return new self(
            $fields->string('status'),
            isset($values['since']) ? $fields->time('since') : null,
            $fields->int('waiting'),
            isset($values['last_error']) ? $fields->string('last_error') : null
        );
    }
}
