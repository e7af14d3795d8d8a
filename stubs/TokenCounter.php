<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;

/**
 * Counts the tokens of a text that arrives in parts, such as the answer of a model. At every cut the count is what
 * count_tokens() gives for all that has arrived, also when a part ends inside of a character.
 */
final class TokenCounter
{
    /**
     * Begins with no text.
     *
     * @param string $model The name of the model, as its provider writes it; an unknown one, and none, is estimated.
     * @polyfill Every count is an estimate.
     * @example
     * ```php
     * $counter = new Platen\TokenCounter('gpt-4o');
     * echo $counter->count();
     * ```
     * ```text
     * 0
     * ```
     */
    public function __construct(string $model = '')
    {
    }

    /**
     * Appends to the text.
     *
     * @param string $text Of the whole text at most 16 MiB.
     * @throws InvalidInput `payload_too_large` when the whole text would be longer.
     * @polyfill Every count is an estimate.
     * @example
     * ```php
     * $counter = new Platen\TokenCounter('gpt-4o');
     * foreach (['Roses ne', 'ed s', 'un.'] as $delta) {
     *     $counter->push($delta);
     * }
     * echo $counter->count();
     * ```
     * ```text
     * 5
     * ```
     */
    public function push(string $text): void
    {
    }

    /**
     * How many tokens have arrived. Takes time in proportion to the last word or run of one kind of character.
     *
     * @return non-negative-int
     * @polyfill Every count is an estimate.
     * @example
     * ```php
     * $counter = new Platen\TokenCounter('gpt-4o');
     * $counter->push('Roses need sun.');
     * echo $counter->count(), ' of ', Platen\count_tokens('Roses need sun.', 'gpt-4o');
     * ```
     * ```text
     * 5 of 5
     * ```
     */
    public function count(): int
    {
    }
}
