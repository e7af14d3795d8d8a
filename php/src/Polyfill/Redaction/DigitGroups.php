<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * The groups of digits that a telephone number is written in.
 *
 * A group is `[start, end, separator, isBracketed, isOpen]`: what stands between the group before and this one, whether
 * it stands in brackets, and whether a bracket is open behind it.
 *
 * @internal
 * @phpstan-type Group array{int, int, string, bool, bool}
 */
final class DigitGroups
{
    private const MAX_GROUPS = 9;
    private const MAX_GROUP_DIGITS = 15;

    /** @return list<Group> */
    public static function read(string $text, int $place, bool $isOpen): array
    {
        $groups = [];
        $separator = '';
        // One pair of brackets: not yet seen, open, closed.
        $mayOpen = !$isOpen;
        while (
            count($groups) < self::MAX_GROUPS
            && ($length = strspn($text, Text::DIGITS, $place, self::MAX_GROUP_DIGITS + 1)) > 0
        ) {
            $end = $next = $place + $length;
            $isBracketed = $isOpen && Text::at($text, $end) === ')';
            if ($isBracketed) {
                $isOpen = false;
                ++$next;
            }
            $groups[] = [$place, $end, $separator, $isBracketed, $isOpen];
            $separator = '';
            if (Text::isOne($text, $next, ' -./')) {
                $separator = $text[$next++];
            }
            if ($mayOpen && Text::at($text, $next) === '(') {
                $mayOpen = false;
                $isOpen = true;
                ++$next;
            }
            if ($next === $end) {
                break;
            }
            $place = $next;
        }

        return $groups;
    }

    /** @param Group $group */
    public static function length(array $group): int
    {
        return $group[1] - $group[0];
    }

    /**
     * Whether the groups up to this one are thousands: `+12.345.678`.
     *
     * @param list<Group> $groups
     */
    public static function isAmount(array $groups, int $last): bool
    {
        foreach (array_slice($groups, 1, $last) as $group) {
            if ($group[2] !== '.' || self::length($group) !== 3) {
                return false;
            }
        }

        return $last > 0;
    }

    /**
     * The groups of a number within a country. Behind the first gap, which sets off the area, all gaps are alike;
     * another gap ends the number.
     *
     * @param list<Group> $groups
     * @return list<Group>|null
     */
    public static function national(string $text, array $groups): ?array
    {
        $count = min(2, count($groups));
        while (
            isset($groups[$count])
            && $groups[$count][2] === $groups[2][2]
            && !$groups[$count][4]
            // A single digit behind a blank is a word of its own: `030 1234567 2 times`.
            && !($groups[$count][2] === ' ' && self::length($groups[$count]) === 1)
        ) {
            ++$count;
        }
        if ($count === 0) {
            return null;
        }
        $last = $groups[$count - 1];
        $continues = $last[2] === ' ' || $count < 3;
        $isCut = $count === self::MAX_GROUPS || self::length($last) > self::MAX_GROUP_DIGITS || $last[4];
        $isBeforePlaceholder = $continues
            && Text::at($text, $last[1]) === ' '
            && Placeholder::isAfter($text, $last[1] + 1);

        return $isCut || $isBeforePlaceholder ? null : array_slice($groups, 0, $count);
    }
}
