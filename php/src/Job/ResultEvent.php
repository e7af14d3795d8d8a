<?php

declare(strict_types=1);

namespace Platen\Job;

/**
 * One end of a job, as its webhook tells it.
 */
final class ResultEvent
{
    /**
     * @param string $id The `webhook-id`: the same event has it whichever way it comes.
     * @param array<mixed> $event The webhook's body, see docs/protocol.md.
     */
    public function __construct(public readonly string $id, public readonly array $event)
    {
    }

    /** @param array<mixed> $values One of the `results` of a page. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'result');

        return new self($fields->string('id'), $fields->array('event'));
    }
}
