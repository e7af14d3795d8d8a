<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\SigningKey;

/**
 * HMAC-SHA256 signatures in their four spellings.
 *
 * @internal
 */
final class Hmac
{
    public static function sign(string $data, SigningKey $key, string $encoding): string
    {
        $mac = $key->mac($data);

        return match ($encoding) {
            'hex' => bin2hex($mac),
            'base64' => base64_encode($mac),
            'base64url' => Base64::encodeUrl($mac),
            'sha256=' => 'sha256=' . bin2hex($mac),
            default => throw Fault::invalidInput(
                'the encoding of a signature is one of hex, base64, base64url, sha256='
            ),
        };
    }

    /** The text must match to the letter, so that one signature has one spelling and replays can be remembered. */
    public static function verify(string $data, string $signature, SigningKey $key, string $encoding): bool
    {
        return hash_equals(self::sign($data, $key, $encoding), $signature);
    }
}
