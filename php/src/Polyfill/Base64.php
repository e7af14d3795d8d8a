<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * Base64 in its strict forms: no other alphabet, no white space, no stray bits, one spelling per value.
 *
 * @internal
 */
final class Base64
{
    public static function encodeUrl(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }

    /** Reads base64url without padding; null when the text is not the one spelling of its bytes. */
    public static function decodeUrl(string $text): ?string
    {
        if (preg_match('/\A[A-Za-z0-9_-]*\z/', $text) !== 1) {
            return null;
        }
        $bytes = base64_decode(strtr($text, '-_', '+/'), true);

        return is_string($bytes) && self::encodeUrl($bytes) === $text ? $bytes : null;
    }

    /** Reads standard base64 with or without its padding. */
    public static function decodeEitherPadding(string $text): ?string
    {
        $bare = preg_match('#\A([A-Za-z0-9+/]*)={0,2}\z#', $text, $match) === 1 ? $match[1] : null;
        $isPaddedWell = $bare === $text || strlen($text) % 4 === 0;
        if ($bare === null || !$isPaddedWell) {
            return null;
        }
        $bytes = base64_decode($bare, true);

        return is_string($bytes) && rtrim(base64_encode($bytes), '=') === $bare ? $bytes : null;
    }
}
