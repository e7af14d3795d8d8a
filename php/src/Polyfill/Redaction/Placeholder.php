<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * `[EMAIL_1]` and `[email]`: what stands in the text for what was found.
 *
 * @internal
 */
final class Placeholder
{
    public const KINDS = ['credentials', 'secret', 'email', 'iban', 'card', 'ssn', 'ip', 'phone'];

    /** The longest one: `[CREDENTIALS_999999999]`. */
    private const MAX_BYTES = 23;
    private const NUMBERED = '\[(?:CREDENTIALS|SECRET|EMAIL|IBAN|CARD|SSN|IP|PHONE)_[1-9][0-9]{0,8}\]';
    private const PLAIN = '\[(?:credentials|secret|email|iban|card|ssn|ip|phone)\]';

    private const ANY_FIRST = '/\A(?:' . self::NUMBERED . '|' . self::PLAIN . ')/';
    private const ANY_LAST = '/(?:' . self::NUMBERED . '|' . self::PLAIN . ')\z/';

    public static function numbered(string $kind, int $number): string
    {
        return '[' . strtoupper($kind) . "_$number]";
    }

    public static function isNumbered(string $text): bool
    {
        return preg_match('/\A' . self::NUMBERED . '\z/', $text) === 1;
    }

    /** The numbered placeholder at a place, or an empty string. */
    public static function at(string $text, int $place): string
    {
        $window = substr($text, $place, self::MAX_BYTES);

        return preg_match('/\A' . self::NUMBERED . '/', $window, $match) === 1 ? $match[0] : '';
    }

    /** @return array<string, true> The numbered placeholders that a text holds. */
    public static function used(string $text): array
    {
        $used = [];
        for ($from = 0; ($open = strpos($text, '[', $from)) !== false; $from = $open + 1) {
            $used[self::at($text, $open)] = true;
        }

        return $used;
    }

    public static function isAfter(string $text, int $place): bool
    {
        return ($text[$place] ?? '') === '['
            && preg_match(self::ANY_FIRST, substr($text, $place, self::MAX_BYTES)) === 1;
    }

    public static function isBefore(string $text, int $place): bool
    {
        if ($place < 1 || ($text[$place - 1] ?? '') !== ']') {
            return false;
        }
        $start = max(0, $place - self::MAX_BYTES);
        $window = substr($text, $start, $place - $start);

        return preg_match(self::ANY_LAST, $window) === 1;
    }
}
