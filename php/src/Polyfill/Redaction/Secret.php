<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * Keys and tokens that tell by their beginning what they are, and private keys in PEM.
 *
 * @internal
 */
final class Secret
{
    /** The characters of a token. One begins only where none of them stands before. */
    private const TOKEN = Text::WORD . '-';
    private const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' . Text::DIGITS;

    /** Prefix, characters of the body, the fewest and the most of them. */
    private const FORMS = [
        'AKIA' => [self::UPPER, 16, 16],
        'ASIA' => [self::UPPER, 16, 16],
        'ABIA' => [self::UPPER, 16, 16],
        'ACCA' => [self::UPPER, 16, 16],
        'AIza' => [self::TOKEN, 35, PHP_INT_MAX],
        'ghp_' => [Text::ALPHANUMERIC, 30, PHP_INT_MAX],
        'gho_' => [Text::ALPHANUMERIC, 30, PHP_INT_MAX],
        'ghu_' => [Text::ALPHANUMERIC, 30, PHP_INT_MAX],
        'ghs_' => [Text::ALPHANUMERIC, 30, PHP_INT_MAX],
        'ghr_' => [Text::ALPHANUMERIC, 30, PHP_INT_MAX],
        'github_pat_' => [self::TOKEN, 22, PHP_INT_MAX],
        'glpat-' => [self::TOKEN, 20, PHP_INT_MAX],
        'gsk_' => [Text::ALPHANUMERIC, 20, PHP_INT_MAX],
        'hf_' => [Text::ALPHANUMERIC, 30, PHP_INT_MAX],
        'npm_' => [Text::ALPHANUMERIC, 36, PHP_INT_MAX],
        'psk_' => [self::TOKEN, 32, PHP_INT_MAX],
        'pypi-' => [self::TOKEN, 50, PHP_INT_MAX],
        'pplx-' => [Text::ALPHANUMERIC, 32, PHP_INT_MAX],
        'rk_live_' => [Text::ALPHANUMERIC, 16, PHP_INT_MAX],
        'rk_test_' => [Text::ALPHANUMERIC, 16, PHP_INT_MAX],
        'sk-' => [self::TOKEN, 20, PHP_INT_MAX],
        'sk_live_' => [Text::ALPHANUMERIC, 16, PHP_INT_MAX],
        'sk_test_' => [Text::ALPHANUMERIC, 16, PHP_INT_MAX],
        // Its body may stand before another token, so only an end keeps the search linear.
        'whsec_' => [self::TOKEN . '+/=', 24, 128],
        'xoxa-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xoxb-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xoxe-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xoxo-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xoxp-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xoxr-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xoxs-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xapp-' => [self::TOKEN, 10, PHP_INT_MAX],
        'xai-' => [Text::ALPHANUMERIC, 32, PHP_INT_MAX],
    ];
    private const START = '/(?<![A-Za-z0-9_-])(?:A(?:KIA|SIA|BIA|CCA|Iza)|gh[pousr]_|github_pat_|glpat-|gsk_|hf_|npm_'
        . '|psk_|pypi-|pplx-|rk_live_|rk_test_|sk-|sk_live_|sk_test_|whsec_|xox[abeoprs]-|xapp-|xai-|eyJ'
        . '|[Bb][Ee][Aa][Rr][Ee][Rr])/';

    private const MARK = '/-----(?:BEGIN|END) |\[(?:SECRET_|secret\])/';

    private const MIN_JWT_HEADER = 10;
    private const MAX_JWT_PARTS = 5;
    private const MIN_BEARER_BYTES = 16;

    /** The shortest line of a private key that was cut off before its end. */
    private const MIN_LINE_BYTES = 20;

    /** @return array{int, int}|null */
    public static function token(string $text, int $from): ?array
    {
        for (; preg_match(self::START, $text, $match, PREG_OFFSET_CAPTURE, $from) === 1; $from = $start + 1) {
            [$prefix, $start] = $match[0];
            $span = match (true) {
                isset(self::FORMS[$prefix]) => self::form($text, $start, $prefix),
                $prefix === 'eyJ' => self::jsonWebToken($text, $start),
                default => self::bearer($text, $start),
            };
            if ($span !== null) {
                return $span;
            }
        }

        return null;
    }

    /** @return array{int, int}|null */
    public static function privateKey(string $text, int $from): ?array
    {
        for (; ($start = strpos($text, '-----BEGIN ', $from)) !== false; $from = $label) {
            $label = $start + strlen('-----BEGIN ');
            $form = '/\G[A-Z0-9 ]{0,40}-----/';
            if (preg_match($form, $text, $match, 0, $label) !== 1) {
                continue;
            }
            if (preg_match('/PRIVATE KEY(?: BLOCK)?-----\z/', $match[0]) !== 1) {
                continue;
            }
            $body = $label + strlen($match[0]);
            // Up to the next block at most, so that every byte is searched once; a placeholder may stand for one.
            if (
                preg_match(self::MARK, $text, $mark, PREG_OFFSET_CAPTURE, $body) === 1
                && $mark[0][0] === '-----END '
            ) {
                $end = $mark[0][1] + strlen($mark[0][0]);

                return [$start, $end + (preg_match($form, $text, $match, 0, $end) === 1 ? strlen($match[0]) : 0)];
            }
            $end = self::linesEnd($text, $body);
            if ($end !== null) {
                return [$start, $end];
            }
        }

        return null;
    }

    /** Where the lines of base64 end that follow the label of a key without an end. */
    private static function linesEnd(string $text, int $place): ?int
    {
        for ($found = null; true; $found = $place = $line + $length) {
            $line = $place;
            do {
                $line += strspn($text, " \t\n\r\x0C", $line);
                $escape = substr($text, $line, 2);
                $isEscape = $escape === '\n' || $escape === '\r';
                $line += $isEscape ? 2 : 0;
            } while ($isEscape);
            $length = strspn($text, Text::ALPHANUMERIC . '+/=', $line);
            if ($length < self::MIN_LINE_BYTES) {
                return $found;
            }
        }
    }

    /** @return array{int, int}|null */
    private static function form(string $text, int $start, string $prefix): ?array
    {
        [$body, $fewest, $most] = self::FORMS[$prefix];
        $place = $start + strlen($prefix);
        $length = $most === PHP_INT_MAX ? strspn($text, $body, $place) : strspn($text, $body, $place, $most + 1);
        $isToken = $length >= $fewest
            && $length <= $most
            && self::isRandom(substr($text, $place, $length))
            && self::isFree($text, $start, $place + $length);

        return $isToken ? [$start, $place + $length] : null;
    }

    /** Whether a body is made by chance and not of words: it has a digit, or capitals among small letters. */
    private static function isRandom(string $body): bool
    {
        return strpbrk($body, Text::DIGITS) !== false
            || (preg_match('/[A-Z]/', $body) === 1 && preg_match('/[a-z]/', $body) === 1);
    }

    private static function isFree(string $text, int $start, int $end): bool
    {
        return !Placeholder::isBefore($text, $start) && !Text::isClosedAfter($text, $end);
    }

    /** @return array{int, int}|null */
    private static function bearer(string $text, int $word): ?array
    {
        $blanks = strspn($text, " \t", $word + 6);
        $start = $word + 6 + $blanks;
        $length = strspn($text, self::TOKEN . '.~+/=', $start);
        $token = rtrim(substr($text, $start, $length), '.');
        $isToken = $blanks > 0
            && strlen($token) >= self::MIN_BEARER_BYTES
            && strpbrk($token, Text::DIGITS) !== false
            && !Placeholder::isBefore($text, $word)
            && !Text::isClosedAfter($text, $start + $length);

        return $isToken ? [$start, $start + strlen($token)] : null;
    }

    /** @return array{int, int}|null */
    private static function jsonWebToken(string $text, int $start): ?array
    {
        $end = $start + strspn($text, self::TOKEN, $start);
        if ($end - $start < self::MIN_JWT_HEADER + 3) {
            return null;
        }
        $isObjectNext = substr($text, $end, 4) === '.eyJ';
        for ($parts = 1; $parts < self::MAX_JWT_PARTS && Text::at($text, $end) === '.'; ++$parts) {
            $length = strspn($text, self::TOKEN, $end + 1);
            if ($length === 0 && Text::at($text, $end + 1) !== '.') {
                break;
            }
            $end += 1 + $length;
        }
        $isToken = ($parts >= 3 || ($parts === 2 && $isObjectNext)) && self::isFree($text, $start, $end);

        return $isToken ? [$start, $end] : null;
    }
}
