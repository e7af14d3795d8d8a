<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * E-mail addresses: `local@domain`, where the domain has a dot and a top level of letters.
 *
 * @internal
 */
final class Email
{
    private const LOCAL = Text::ALPHANUMERIC . '._%+-\'';
    private const MAX_LOCAL_BYTES = 64;
    private const MAX_DOMAIN_BYTES = 253;
    private const MAX_LABEL_BYTES = 63;

    /** @return array{int, int}|null */
    public static function next(string $text, int $from): ?array
    {
        for ($at = $from - 1; ($at = strpos($text, '@', $at + 1)) !== false;) {
            $span = self::read($text, $at);
            if ($span !== null && $span[0] >= $from) {
                return $span;
            }
        }

        return null;
    }

    /** @return array{int, int}|null */
    private static function read(string $text, int $at): ?array
    {
        $run = self::localStart($text, $at);
        if ($run === null) {
            return null;
        }
        $start = $run + strspn($text, '.%+-\'', $run);
        // `git@host` is how everybody logs in to a repository.
        if ($start >= $at || substr($text, $start, $at - $start) === 'git' || Placeholder::isBefore($text, $run)) {
            return null;
        }
        preg_match('/\G(?:[A-Za-z0-9.-]|[\xC3-\xD5][\x80-\xBF]){0,254}+/', $text, $domain, 0, $at + 1);
        $domain = $domain[0] ?? '';
        if (strlen($domain) > self::MAX_DOMAIN_BYTES || Placeholder::isAfter($text, $at + 1 + strlen($domain))) {
            return null;
        }
        $length = self::topLevelEnd($domain);

        return $length === null ? null : [$start, $at + 1 + $length];
    }

    private static function localStart(string $text, int $at): ?int
    {
        for ($start = $at; $at - $start <= self::MAX_LOCAL_BYTES;) {
            if (Text::isOne($text, $start - 1, self::LOCAL)) {
                --$start;
            } elseif ($start > 1 && preg_match('/\A[\xC3-\xD5][\x80-\xBF]/', substr($text, $start - 2, 2)) === 1) {
                $start -= 2;
            } else {
                return $start;
            }
        }

        return null;
    }

    /** Where the last label ends that can be a top level. Dots and hyphens of the sentence may follow it. */
    private static function topLevelEnd(string $domain): ?int
    {
        $found = null;
        $place = 0;
        $labels = explode('.', $domain);
        foreach ($labels as $index => $label) {
            $trimmed = rtrim($label, '-');
            if ($trimmed === '' || $trimmed[0] === '-' || strlen($trimmed) > self::MAX_LABEL_BYTES) {
                break;
            }
            // `icon@2x.png` is a picture, `lib@1.2.3-rc.beta` a package.
            $isFile = $index === 0 && preg_match('/\A[1-4]x\z/', $trimmed) === 1;
            if ($isFile || ($index === 1 && self::isNumber($trimmed) && self::isNumber($labels[0]))) {
                return null;
            }
            if ($index > 0 && preg_match('/\A(?:[A-Za-z\x80-\xFF]{2,}|xn--.+)\z/i', $trimmed) === 1) {
                $found = $place + strlen($trimmed);
            }
            if ($trimmed !== $label) {
                break;
            }
            $place += strlen($label) + 1;
        }

        return $found;
    }

    private static function isNumber(string $label): bool
    {
        return Text::digits($label, 0) === strlen($label);
    }
}
