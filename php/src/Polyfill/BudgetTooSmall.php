<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * The messages that always stay cost more than there is. Never leaves the polyfill.
 *
 * @internal
 */
final class BudgetTooSmall extends \RuntimeException
{
    public function __construct(public readonly int $needed, public readonly int $available)
    {
        parent::__construct("the messages that must stay need $needed tokens, and the budget has $available");
    }
}
