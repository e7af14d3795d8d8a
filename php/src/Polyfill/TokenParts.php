<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * Parts of a text for which the estimate gives at most so many tokens. They keep the promises of the extension's parts
 * but, as the counts, not their places.
 *
 * @internal
 */
final class TokenParts
{
    private const MIN_PART_TOKENS = 8;

    /** White space is estimated at the fewest tokens per byte. */
    private const MOST_BYTES_PER_TOKEN = 16;

    /** Where a part may end, the best first: after a paragraph, a line, a sentence, before a blank. */
    private const BOUNDARIES = ['/\n\s*\n/u', '/\n/u', '/[.!?…](?=\s)|[。！？।؟]/u', '/(?=\s)/u'];

    /** @throws InvalidInput If an argument is out of its range. */
    public static function truncate(string $text, int $max, string $model, string $from): string
    {
        Tokens::checkLength($text);
        if ($from !== 'end' && $from !== 'start') {
            throw Fault::invalidInput('from is neither end nor start');
        }
        if ($max < 0) {
            throw Fault::invalidInput('max must not be negative');
        }
        $text = mb_scrub($text, 'UTF-8');

        return $from === 'end' ? self::head($text, $max, $model) : self::tail($text, $max, $model);
    }

    /**
     * @return list<string>
     * @throws InvalidInput If an argument is out of its range.
     */
    public static function split(string $text, int $size, int $overlap, string $model): array
    {
        Tokens::checkLength($text);
        self::checkSizes($size, $overlap);
        $text = mb_scrub($text, 'UTF-8');
        $parts = [];
        $repeated = '';
        for ($place = 0; $place < strlen($text); $place += strlen($part) - strlen($repeated)) {
            if ($parts !== []) {
                $repeated = self::tail($part, $overlap, $model);
            }
            $part = self::part($text, $place, $repeated, $size, $model);
            if (strlen($part) <= strlen($repeated)) {
                $repeated = '';
                $part = self::part($text, $place, '', $size, $model);
            }
            $parts[] = $part;
        }

        return $parts;
    }

    /** The part that goes on at a place and repeats some of the one before. */
    private static function part(string $text, int $place, string $repeated, int $size, string $model): string
    {
        $start = $place - strlen($repeated);
        $window = mb_strcut($text, $start, min($size, strlen($text)) * self::MOST_BYTES_PER_TOKEN, 'UTF-8');
        $part = self::head($window, $size, $model);
        if ($start + strlen($part) === strlen($text)) {
            return $part;
        }
        $natural = substr($part, 0, self::naturalEnd($part, max(intdiv(strlen($part), 2), strlen($repeated) + 1)));

        // With less text a piece can be of a script that costs more.
        return Tokens::count($natural, $model) <= $size ? $natural : $part;
    }

    /** Where the best boundary is, not before a number of bytes; the whole length when there is none. */
    private static function naturalEnd(string $part, int $least): int
    {
        foreach (self::BOUNDARIES as $boundary) {
            preg_match_all($boundary, $part, $found, PREG_OFFSET_CAPTURE);
            $ends = array_map(static fn (array $match): int => $match[1] + strlen($match[0]), $found[0]);
            $last = $ends === [] ? 0 : max($ends);
            if ($last >= $least) {
                return $last;
            }
        }

        return strlen($part);
    }

    private static function head(string $text, int $max, string $model): string
    {
        $cut = static fn (int $bytes): string => mb_strcut($text, 0, $bytes, 'UTF-8');

        return self::longest($cut, strlen($text), $max, $model);
    }

    private static function tail(string $text, int $max, string $model): string
    {
        $cut = static fn (int $bytes): string => ltrim(substr($text, strlen($text) - $bytes), "\x80..\xBF");

        return self::longest($cut, strlen($text), $max, $model);
    }

    /**
     * The longest cut whose estimate is not over the limit.
     *
     * @param callable(int): string $cut
     */
    private static function longest(callable $cut, int $bytes, int $max, string $model): string
    {
        $best = '';
        // Everything up to here fits, nothing from there on does: as far as more text has not fewer tokens.
        [$fits, $fails] = [0, $bytes + 1];
        for ($tried = $bytes; $fails - $fits > 1; $tried = intdiv($fits + $fails, 2)) {
            $part = $cut($tried);
            if (Tokens::count($part, $model) <= $max) {
                [$fits, $best] = [$tried, strlen($part) > strlen($best) ? $part : $best];
            } else {
                $fails = $tried;
            }
        }

        return $best;
    }

    private static function checkSizes(int $size, int $overlap): void
    {
        foreach (['size' => $size, 'overlap' => $overlap] as $name => $amount) {
            if ($amount < 0) {
                throw Fault::invalidInput("$name must not be negative");
            }
        }
        if ($size < self::MIN_PART_TOKENS) {
            throw Fault::invalidInput(
                sprintf('a part must have room for at least %d tokens', self::MIN_PART_TOKENS)
            );
        }
        if ($overlap >= intdiv($size, 2) + $size % 2) {
            throw Fault::invalidInput('the overlap must be less than half of a part');
        }
    }
}
