<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidKey;

/**
 * A secret key for HMAC-SHA256. It shows nothing of itself: not in dumps, not in stack traces. It can be neither
 * serialised nor cloned, and its bytes are wiped when it is freed.
 */
final class SigningKey
{
    /**
     * Always throws: a key is made by fromString().
     *
     * @throws \Exception
     */
    public function __construct()
    {
    }

    /**
     * Makes a key from `whsec_` and base64 (24 to 64 bytes), from `psk_` and base64url without padding (at least
     * 32 bytes), or from at least 32 raw bytes.
     *
     * @param non-empty-string $secret
     * @throws InvalidKey When the text is too short or does not go on as its prefix says.
     */
    public static function fromString(#[\SensitiveParameter] string $secret): \Platen\SigningKey
    {
    }
}
