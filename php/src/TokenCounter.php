<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;
use Platen\Polyfill\Tokens;

/**
 * Estimates the tokens of a text that arrives in parts.
 *
 * The extension declares the same class, which counts exactly; this one is read only without it.
 */
final class TokenCounter
{
    private string $text = '';

    public function __construct(private readonly string $model = '')
    {
    }

    /** @throws InvalidInput If the whole text is over 16 MiB. */
    public function push(string $text): void
    {
        Tokens::checkLength($this->text . $text);
        $this->text .= $text;
    }

    public function count(): int
    {
        return Tokens::count($this->text, $this->model);
    }
}
