<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * What follows `@param`, `@return` or `@throws`: a type of PHPDoc, and a text.
 */
final class TypedText
{
    public function __construct(public readonly string $type, public readonly string $text)
    {
    }

    /** The type ends at the first space that stands in no brackets. */
    public static function parse(string $tag): self
    {
        $tag = one_line($tag);
        $depth = 0;
        for ($end = 0; $end < strlen($tag); ++$end) {
            $depth += match ($tag[$end]) {
                '{', '<', '(' => 1,
                '}', '>', ')' => -1,
                default => 0,
            };
            if ($tag[$end] === ' ' && $depth === 0) {
                break;
            }
        }

        $type = str_replace(['{ ', ' }', ', }', '< ', ' >'], ['{', '}', '}', '<', '>'], substr($tag, 0, $end));

        return new self($type, trim(substr($tag, $end)));
    }
}
