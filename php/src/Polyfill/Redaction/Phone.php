<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * Telephone numbers: international ones behind `+` or `00`, and national ones that are written in groups.
 *
 * A bare row of digits may be anything, so it counts only behind a word as `Tel.`.
 *
 * @internal
 * @phpstan-import-type Group from DigitGroups
 */
final class Phone
{
    private const INTERNATIONAL_DIGITS = [8, 15];
    private const NATIONAL_DIGITS = [9, 12];
    private const CUED_DIGITS = [7, 15];
    /** What joins a number to another one, so that neither is a telephone number. */
    private const JOINTS = '-./';
    private const CUE = '/(?:\A|[^A-Za-z0-9])(?:tel|telefon|telephone|telefono|phone|mobile|mobil|cell|cellphone|fax|handy'
        . '|whatsapp|call|sms|dial|festnetz|ruf)[ .:="\'_-]{0,4}'
        . '(?:(?<=[ .:="\'_-])(?:no|nr|number|is|at)[ .:="\'_-]{0,4})?\z/i';
    /** The longest cue, and more. */
    private const CUE_WINDOW = 32;

    /** @return array{int, int}|null */
    public static function next(string $text, int $from): ?array
    {
        return Text::firstAtANumber(
            $text,
            $from,
            static fn (string $text, int $digit): ?array => self::read($text, $digit, $from)
        );
    }

    /** @return array{int, int}|null */
    private static function read(string $text, int $digit, int $from): ?array
    {
        $isInternational = Text::at($text, $digit - 1) === '+';
        $start = $digit - (int) $isInternational;
        $isOpen = Text::at($text, $start - 1) === '(';
        $start -= (int) $isOpen;
        if (
            $start < $from
            || Text::isOne($text, $start - 1, '#+')
            || Text::isClosedBefore($text, $start)
            || Text::isJoinedBefore($text, $start, self::JOINTS)
        ) {
            return null;
        }
        $groups = DigitGroups::read($text, $digit, $isOpen);
        $end = $isInternational
            ? self::international($text, $groups, 0)
            : self::prefixed($text, $groups) ?? self::national($text, $start, $groups);

        return $end === null ? null : [$start, $end];
    }

    /**
     * The longest part that has not too many digits.
     *
     * @param list<Group> $groups
     */
    private static function international(string $text, array $groups, int $prefixDigits): ?int
    {
        $total = 0;
        $found = null;
        foreach ($groups as $index => $group) {
            if ($index > 0 && DigitGroups::length($group) < 2 && !$group[3]) {
                break;
            }
            $total += DigitGroups::length($group);
            $isEnd = self::isWithin($total - $prefixDigits, self::INTERNATIONAL_DIGITS)
                && !$group[4]
                && !Text::isClosedAfter($text, $group[1])
                && !Text::isJoinedAfter($text, $group[1], self::JOINTS)
                && !DigitGroups::isAmount($groups, $index);
            if ($isEnd) {
                $found = $group[1];
            }
        }

        return Text::isOne($text, $groups[0][0] + $prefixDigits, '123456789') ? $found : null;
    }

    /**
     * `0049 …`, where the country's code is a group, so that a number filled with zeros is not one.
     *
     * @param list<Group> $groups
     */
    private static function prefixed(string $text, array $groups): ?int
    {
        $isPrefixed = substr($text, $groups[0][0], 2) === '00'
            && self::isWithin(DigitGroups::length($groups[0]), [3, 5])
            && count($groups) > 1;

        return $isPrefixed ? self::international($text, $groups, 2) : null;
    }

    /** @param list<Group> $groups */
    private static function national(string $text, int $start, array $groups): ?int
    {
        $run = DigitGroups::national($text, $groups);
        if ($run === null) {
            return null;
        }
        $end = $run[count($run) - 1][1];
        if (Text::isClosedAfter($text, $end) || Text::isJoinedAfter($text, $end, self::JOINTS)) {
            return null;
        }
        $lengths = array_map(DigitGroups::length(...), $run);
        $digits = array_sum($lengths);
        $isNumber = self::isNorthAmerican($text, $run, $lengths)
            || self::isTrunk($text, $run, $lengths)
            || self::isChinese($text, $run, $lengths)
            || ($text[$start] === '(' && self::isArea($text, $run, $lengths))
            || (self::isWithin($digits, self::CUED_DIGITS) && self::isCued($text, $start));

        return $isNumber ? $end : null;
    }

    /**
     * `(415) 555-2671`, `415-555-2671`, `1-415-555-2671`.
     *
     * @param list<Group> $run
     * @param list<int> $lengths
     */
    private static function isNorthAmerican(string $text, array $run, array $lengths): bool
    {
        if ($lengths[0] === 1 && $text[$run[0][0]] === '1') {
            array_shift($run);
            array_shift($lengths);
        }

        return $lengths === [3, 3, 4]
            && $text[$run[0][0]] >= '2'
            && $text[$run[1][0]] >= '2'
            && ($run[1][2] === $run[2][2] || $run[0][3])
            && $run[2][2] !== '/';
    }

    /**
     * `030 1234567`, `01 23 45 67 89`, `(020) 7946 0958`: a zero that a country dials before the area.
     *
     * @param list<Group> $run
     * @param list<int> $lengths
     */
    private static function isTrunk(string $text, array $run, array $lengths): bool
    {
        return $text[$run[0][0]] === '0'
            && Text::isOne($text, $run[0][0] + 1, '123456789')
            && self::isWithin($lengths[0], [2, 6])
            && count($run) > 1
            && min($lengths) > 1
            && self::isWithin(array_sum($lengths), self::NATIONAL_DIGITS)
            && !self::isDate($text, $run, $lengths);
    }

    /**
     * `01 02 2024 …` and `02 2024 …`.
     *
     * @param list<Group> $run
     * @param list<int> $lengths
     */
    private static function isDate(string $text, array $run, array $lengths): bool
    {
        if (array_slice($lengths, 0, 2) === [2, 4] && $run[1][2] === ' ' && self::isYear($text, $run[1][0])) {
            return true;
        }

        return array_slice($lengths, 0, 3) === [2, 2, 4] && self::isYear($text, $run[2][0]);
    }

    /**
     * `138 0013 8000`.
     *
     * @param list<Group> $run
     * @param list<int> $lengths
     */
    private static function isChinese(string $text, array $run, array $lengths): bool
    {
        return $lengths === [3, 4, 4]
            && $text[$run[0][0]] === '1'
            && $text[$run[0][0] + 1] >= '3'
            && $run[1][2] === $run[2][2];
    }

    /**
     * `(11) 91234-5678`: an area in brackets.
     *
     * @param list<Group> $run
     * @param list<int> $lengths
     */
    private static function isArea(string $text, array $run, array $lengths): bool
    {
        return $run[0][3]
            && self::isWithin($lengths[0], [2, 5])
            && !($lengths[0] === 4 && self::isYear($text, $run[0][0]))
            && self::isWithin(count($run), [2, 4])
            && min($lengths) > 1
            && self::isWithin(array_sum($lengths), self::NATIONAL_DIGITS);
    }

    private static function isYear(string $text, int $place): bool
    {
        return in_array(substr($text, $place, 2), ['19', '20'], true);
    }

    private static function isCued(string $text, int $start): bool
    {
        $window = max(0, $start - self::CUE_WINDOW);

        return preg_match(self::CUE, substr($text, $window, $start - $window)) === 1;
    }

    /** @param array{int, int} $range */
    private static function isWithin(int $number, array $range): bool
    {
        return $number >= $range[0] && $number <= $range[1];
    }
}
