<?php

declare(strict_types=1);

namespace Platen\Job;

use Platen\Exception\Fault;

/**
 * Results that the site was not told of yet.
 */
final class ResultPage
{
    /**
     * @param list<ResultEvent> $results Oldest first.
     * @param int $cursor What acknowledges this page, when the next one is asked for.
     * @param bool $hasMore Whether there is another page at once.
     */
    public function __construct(
        public readonly array $results,
        public readonly int $cursor,
        public readonly bool $hasMore,
        public readonly EndpointReport $webhooks
    ) {
    }

    /** @param array<mixed> $values The reply to a Results. */
    public static function fromArray(array $values): self
    {
        $fields = new Fields($values, 'page of results');
        $results = array_map(
            static fn (mixed $result): ResultEvent => is_array($result)
                ? ResultEvent::fromArray($result)
                : throw Fault::internal('the daemon sent a result that is not an object'),
            array_values($fields->array('results'))
        );

        return new self(
            $results,
            $fields->int('cursor'),
            $fields->bool('has_more'),
            EndpointReport::fromArray($fields->array('webhooks'))
        );
    }
}
