<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * `https://user:password@host`, and a token in the place of the user.
 *
 * @internal
 */
final class Url
{
    private const MAX_BYTES = 512;
    /** A user without a password counts as a token from this length on. */
    private const MIN_TOKEN_BYTES = 16;
    /** Visible ASCII less what ends that part of a URL or marks a placeholder of some kind. */
    private const USER_INFO = Text::WORD . '!$%&\'()*+,-.:;=@~';

    /** @return array{int, int}|null */
    public static function credentials(string $text, int $from): ?array
    {
        for ($colon = $from - 1; ($colon = strpos($text, '://', $colon + 1)) !== false;) {
            $end = Text::isOne($text, $colon - 1, Text::ALPHANUMERIC) ? self::end($text, $colon + 3) : null;
            if ($end !== null) {
                return [$colon + 3, $end];
            }
        }

        return null;
    }

    private static function end(string $text, int $start): ?int
    {
        $run = substr($text, $start, strspn($text, self::USER_INFO, $start, self::MAX_BYTES));
        // The last one: an `@` in a password is often not escaped.
        for ($at = strlen($run); ($at = strrpos(substr($run, 0, $at), '@')) !== false;) {
            $next = Text::at($text, $start + $at + 1);
            if (strspn($next, Text::ALPHANUMERIC . '[') === 1 || $next >= "\x80") {
                $userInfo = substr($run, 0, $at);
                $colon = strpos($userInfo, ':');
                $isSecret = $colon === false ? $at >= self::MIN_TOKEN_BYTES : $colon < $at - 1;

                return $isSecret ? $start + $at : null;
            }
        }

        return null;
    }
}
