<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * Numbers of payment cards: 13 to 19 digits of a known issuer that pass the Luhn check.
 *
 * @internal
 */
final class Card
{
    private const MAX_DIGITS = 19;
    /** The fewest digits of a printed group. */
    private const MIN_GROUP = 3;

    /** The first digits, from and to, and the fewest and the most digits of the number. */
    private const ISSUERS = [
        [2200, 2204, 16, 19],   // Mir
        [2221, 2720, 16, 16],   // Mastercard
        [300, 305, 14, 19],     // Diners Club
        [34, 34, 15, 15],       // American Express
        [3528, 3589, 16, 19],   // JCB
        [36, 36, 14, 19],       // Diners Club
        [37, 37, 15, 15],       // American Express
        [38, 39, 14, 19],       // Diners Club
        [4, 4, 13, 19],         // Visa
        [5018, 5018, 13, 19],   // Maestro
        [5020, 5020, 13, 19],   // Maestro
        [5038, 5038, 13, 19],   // Maestro
        [51, 55, 16, 16],       // Mastercard
        [5893, 5893, 13, 19],   // Maestro
        [6011, 6011, 16, 19],   // Discover
        [62, 62, 16, 19],       // UnionPay
        [6304, 6304, 13, 19],   // Maestro
        [644, 659, 16, 19],     // Discover, RuPay
        [6759, 6763, 13, 19],   // Maestro
    ];

    /** @return array{int, int}|null */
    public static function next(string $text, int $from): ?array
    {
        return Text::firstAtANumber($text, $from, self::read(...));
    }

    /** @return array{int, int}|null */
    private static function read(string $text, int $start): ?array
    {
        if (
            !Text::isOne($text, $start, '23456')
            || Text::isClosedBefore($text, $start)
            || Text::isJoinedBefore($text, $start, '-.')
        ) {
            return null;
        }
        $found = null;
        $number = '';
        $separator = null;
        for ($place = $start; true; $place = $end + 1) {
            $length = strspn($text, Text::DIGITS, $place, self::MAX_DIGITS + 1);
            if ($length < self::MIN_GROUP || strlen($number) + $length > self::MAX_DIGITS) {
                return $found;
            }
            $end = $place + $length;
            $number .= substr($text, $place, $length);
            if (
                self::isCard($number)
                && !Text::isClosedAfter($text, $end)
                && !Text::isJoinedAfter($text, $end, '-.')
            ) {
                $found = [$start, $end];
            }
            $next = Text::at($text, $end);
            if (($next !== ' ' && $next !== '-') || $next !== ($separator ?? $next)) {
                return $found;
            }
            $separator = $next;
        }
    }

    private static function isCard(string $number): bool
    {
        $digits = strlen($number);
        foreach (self::ISSUERS as [$first, $last, $fewest, $most]) {
            $head = (int) substr($number, 0, strlen((string) $last));
            if ($head >= $first && $head <= $last && $digits >= $fewest && $digits <= $most) {
                return self::luhn($number) === 0;
            }
        }

        return false;
    }

    /** ISO/IEC 7812-1, annex B: every second digit from the right counts twice; 0 when the check digit is right. */
    private static function luhn(string $number): int
    {
        $sum = 0;
        foreach (str_split(strrev($number)) as $place => $digit) {
            $value = (int) $digit * ($place % 2 + 1);
            $sum += $value > 9 ? $value - 9 : $value;
        }

        return $sum % 10;
    }
}
