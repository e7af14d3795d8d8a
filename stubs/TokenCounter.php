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
    public function __construct(string $model = '')
    {
    }

    /**
     * Appends to the text.
     *
     * @param string $text Of the whole text at most 16 MiB.
     * @throws InvalidInput `payload_too_large`
     */
    public function push(string $text): void
    {
    }

    /**
     * How many tokens have arrived. Takes time in proportion to the last word or run of one kind of character.
     *
     * @return non-negative-int
     */
    public function count(): int
    {
    }
}
