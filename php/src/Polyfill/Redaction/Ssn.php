<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * Social security numbers of the United States: `123-45-6789`, within the ranges that were ever given out.
 *
 * @internal
 */
final class Ssn
{
    private const BYTES = 11;

    /** @return array{int, int}|null */
    public static function next(string $text, int $from): ?array
    {
        return Text::firstAtANumber($text, $from, self::read(...));
    }

    /** @return array{int, int}|null */
    private static function read(string $text, int $start): ?array
    {
        $shape = '/\A(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}/';
        $end = $start + self::BYTES;
        $isNumber = preg_match($shape, substr($text, $start, self::BYTES)) === 1
            && !Text::isClosedBefore($text, $start)
            && !Text::isJoinedBefore($text, $start, '-./')
            && !Text::isClosedAfter($text, $end)
            && !Text::isJoinedAfter($text, $end, '-./');

        return $isNumber ? [$start, $end] : null;
    }
}
