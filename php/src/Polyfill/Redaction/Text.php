<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * What the detectors ask about the bytes of a text and about what stands beside a finding.
 *
 * A placeholder counts as a digit and as a letter wherever a neighbour could forbid a finding: so a redacted text allows
 * nothing that the original did not.
 *
 * @internal
 */
final class Text
{
    public const DIGITS = '0123456789';
    public const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    public const ALPHANUMERIC = self::DIGITS . self::LETTERS;
    public const WORD = self::ALPHANUMERIC . '_';

    /** The byte at a place; an empty string, which is part of nothing, outside the text. */
    public static function at(string $text, int $place): string
    {
        return $place < 0 ? '' : $text[$place] ?? '';
    }

    public static function isOne(string $text, int $place, string $bytes): bool
    {
        return $place >= 0 && strspn($text, $bytes, $place, 1) === 1;
    }

    /** How many digits stand at a place. */
    public static function digits(string $text, int $place): int
    {
        return strspn($text, self::DIGITS, $place);
    }

    /** Whether a word, a number or a placeholder ends here: then no other can begin. */
    public static function isClosedBefore(string $text, int $place): bool
    {
        return self::isOne($text, $place - 1, self::WORD) || Placeholder::isBefore($text, $place);
    }

    /** Whether a word, a number or a placeholder begins here: then no other can end. */
    public static function isClosedAfter(string $text, int $place): bool
    {
        return self::isOne($text, $place, self::WORD) || Placeholder::isAfter($text, $place);
    }

    /** Whether a digit or a placeholder and one of the separators stand before a place. */
    public static function isJoinedBefore(string $text, int $place, string $separators): bool
    {
        return $place > 1
            && self::isOne($text, $place - 1, $separators)
            && (self::isOne($text, $place - 2, self::DIGITS) || Placeholder::isBefore($text, $place - 1));
    }

    /** Whether one of the separators and a digit or a placeholder stand at a place. */
    public static function isJoinedAfter(string $text, int $place, string $separators): bool
    {
        return self::isOne($text, $place, $separators)
            && (self::isOne($text, $place + 1, self::DIGITS) || Placeholder::isAfter($text, $place + 1));
    }

    /**
     * Tries every place where a number begins, from the left.
     *
     * @param callable(string, int): (array{int, int}|null) $read
     * @return array{int, int}|null
     */
    public static function firstAtANumber(string $text, int $from, callable $read): ?array
    {
        $length = strlen($text);
        while (($digit = $from + strcspn($text, self::DIGITS, $from)) < $length) {
            $span = self::isOne($text, $digit - 1, self::DIGITS) ? null : $read($text, $digit);
            if ($span !== null) {
                return $span;
            }
            $from = $digit + self::digits($text, $digit);
        }

        return null;
    }
}
