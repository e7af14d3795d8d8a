<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * Addresses of the Internet Protocol. Loopback and unspecified addresses and net masks name nobody and stay.
 *
 * @internal
 */
final class Ip
{
    private const MAX_V4_BYTES = 15;
    private const MAX_V6_BYTES = 45;
    private const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
    private const V4 = self::OCTET . '(?:\.' . self::OCTET . '){3}(?![0-9])';
    private const HEXADECIMAL = '0123456789abcdefABCDEF';
    private const VERSION = '/(?:\A|[ \t\r\n("])(?:versions?|ver|release|build|firmware|driver|section|sec|chapter'
        . '|clause|oid)[ .:=#]{0,3}\z/i';
    /** The longest word that tells a version, with what may stand around it, and more. */
    private const VERSION_WINDOW = 16;

    /** @return array{int, int}|null */
    public static function nextV4(string $text, int $from): ?array
    {
        return Text::firstAtANumber($text, $from, self::readV4(...));
    }

    /** @return array{int, int}|null */
    public static function nextV6(string $text, int $from): ?array
    {
        for ($searched = $from; ($colon = strpos($text, ':', $searched)) !== false; $searched = $end) {
            $end = $colon + strspn($text, self::HEXADECIMAL . ':.', $colon);
            $first = $colon;
            while ($colon - $first < 5 && Text::isOne($text, $first - 1, self::HEXADECIMAL)) {
                --$first;
            }
            // Behind a word, as in `peer:fe80::1`, the first colon is the word's. Behind a placeholder it may have been
            // in the middle of what was searched before, and found to begin nothing.
            $starts = Placeholder::isBefore($text, $colon) ? [$first] : [$first, $colon + 1];
            foreach ($starts as $start) {
                $span = $start >= $from ? self::readV6($text, $start, $end) : null;
                if ($span !== null) {
                    return $span;
                }
            }
        }

        return null;
    }

    /** @return array{int, int}|null */
    private static function readV4(string $text, int $start): ?array
    {
        if (preg_match('/\A' . self::V4 . '/', substr($text, $start, self::MAX_V4_BYTES + 1), $match) !== 1) {
            return null;
        }
        $end = $start + strlen($match[0]);
        $before = Text::at($text, $start - 1);
        // `Chrome/120.0.0.0`
        $isProduct = $before === '/'
            && (Text::isOne($text, $start - 2, Text::LETTERS) || Placeholder::isBefore($text, $start - 1));
        $isNamed = !Text::isClosedBefore($text, $start)
            && $before !== '.'
            && !$isProduct
            && !Text::isClosedAfter($text, $end)
            && !self::goesOn($text, $end)
            && preg_match('/\A(?:127\.|255\.|0\.0\.0\.0\z)/', $match[0]) !== 1
            && !self::isVersion($text, $start);

        return $isNamed ? [$start, $end] : null;
    }

    /** Whether what follows makes the number part of something else. A range of addresses does not. */
    private static function goesOn(string $text, int $end): bool
    {
        return Text::isOne($text, $end, '.-+')
            && Text::isClosedAfter($text, $end + 1)
            && preg_match('/\A-[0-9]{1,3}\.[0-9]/', substr($text, $end, 6)) !== 1;
    }

    private static function isVersion(string $text, int $start): bool
    {
        $window = max(0, $start - self::VERSION_WINDOW);

        return preg_match(self::VERSION, substr($text, $window, $start - $window)) === 1;
    }

    /** @return array{int, int}|null */
    private static function readV6(string $text, int $start, int $runEnd): ?array
    {
        if ($start >= $runEnd) {
            return null;
        }
        $address = rtrim(substr($text, $start, min($runEnd - $start, self::MAX_V6_BYTES + 2)), '.');
        // A colon may be the sentence's when a space follows.
        $isAtEnd = $start + strlen($address) === $runEnd;
        if ($isAtEnd && preg_match('/(?<!:):\z/', $address) === 1 && self::isSpace($text, $runEnd)) {
            $address = substr($address, 0, -1);
        }
        $isAddress = strlen($address) <= self::MAX_V6_BYTES
            && self::isV6($address)
            && !Text::isClosedBefore($text, $start)
            && Text::at($text, $start - 1) !== '.'
            && !Text::isClosedAfter($text, $runEnd);

        return $isAddress ? [$start, $start + strlen($address)] : null;
    }

    private static function isSpace(string $text, int $place): bool
    {
        return $place >= strlen($text) || Text::isOne($text, $place, " \t\r\n\0");
    }

    /** RFC 4291 §2.2, less what names nobody and what is more likely a name of a program. */
    private static function isV6(string $address): bool
    {
        $parts = explode('::', $address, 2);
        $head = self::groups($parts[0], count($parts) === 1);
        $tail = self::groups($parts[1] ?? '', true);
        if ($head === null || $tail === null) {
            return false;
        }
        $total = $head + $tail;
        $isComplete = count($parts) === 2 ? $total <= 7 : $total === 8;
        // `Face::add` is code; `fe80::1` and `2001:db8::1` are addresses.
        $isLikely = $total >= 3 || preg_match('/\A(?=[a-fA-F]*[0-9])[0-9a-fA-F]{4}(?::|\z)/', $parts[0]) === 1;

        return $isComplete && $isLikely && strpbrk($address, Text::DIGITS) !== false;
    }

    /** How many groups of 16 bits a part has; a version 4 address, which only ends an address, counts for two. */
    private static function groups(string $part, bool $mayEndInV4): ?int
    {
        if ($part === '') {
            return 0;
        }
        $pieces = explode(':', $part);
        $total = count($pieces);
        foreach ($pieces as $index => $piece) {
            if (preg_match('/\A[0-9a-fA-F]{1,4}\z/', $piece) === 1) {
                continue;
            }
            $isLast = $index === count($pieces) - 1;
            if (!$isLast || !$mayEndInV4 || preg_match('/\A' . self::V4 . '\z/', $piece) !== 1) {
                return null;
            }
            ++$total;
        }

        return $total;
    }
}
