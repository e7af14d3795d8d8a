<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\Fault;
use Platen\Exception\InvalidKey;
use Platen\Polyfill\Base64;

/**
 * A secret key for HMAC-SHA256. It cannot be printed, serialised or cloned into something that can.
 *
 * The extension declares the same class; this one is read only without it.
 */
final class SigningKey
{
    private const MIN_BYTES = 32;
    /** Far above any real key, so a file passed by mistake is noticed. */
    private const MAX_BYTES = 4096;
    /** What Standard Webhooks allows for a secret. */
    private const WEBHOOK_MIN_BYTES = 24;
    private const WEBHOOK_MAX_BYTES = 64;

    private function __construct(#[\SensitiveParameter] private readonly string $bytes)
    {
    }

    /**
     * Takes a key as configuration holds it: `whsec_` with base64 of 24 to 64 bytes, `psk_` with base64url of at
     * least 32 bytes, or else the text's own bytes, at least 32 of them.
     *
     * @throws InvalidKey If it is none of these.
     */
    public static function fromString(#[\SensitiveParameter] string $secret): self
    {
        if (str_starts_with($secret, 'whsec_')) {
            $bytes = Base64::decodeEitherPadding(substr($secret, 6))
                ?? throw Fault::invalidKey('a key that begins with whsec_ goes on in base64');

            return self::checked($bytes, self::WEBHOOK_MIN_BYTES, self::WEBHOOK_MAX_BYTES);
        }
        if (str_starts_with($secret, 'psk_')) {
            $secret = Base64::decodeUrl(substr($secret, 4))
                ?? throw Fault::invalidKey('a key that begins with psk_ goes on in base64url without padding');
        }

        return self::checked($secret, self::MIN_BYTES, self::MAX_BYTES);
    }

    /**
     * HMAC-SHA256 of the data, as raw bytes.
     *
     * @internal For the polyfill only; the extension's class does not have it.
     */
    public function mac(string $data): string
    {
        return hash_hmac('sha256', $data, $this->bytes, true);
    }

    /**
     * Whether the key is as long as the hash, which HS256 demands.
     *
     * @internal For the polyfill only; the extension's class does not have it.
     */
    public function isStrong(): bool
    {
        return strlen($this->bytes) >= self::MIN_BYTES;
    }

    /** @return array<string, string> What `var_dump` and debuggers may show. */
    public function __debugInfo(): array
    {
        return ['key' => '[redacted]'];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw Fault::invalidKey('a signing key cannot be serialised');
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw Fault::invalidKey('a signing key cannot be serialised');
    }

    private function __clone()
    {
    }

    private static function checked(#[\SensitiveParameter] string $bytes, int $fewest, int $most): self
    {
        $length = strlen($bytes);
        if ($length < $fewest) {
            throw Fault::invalidKey("a signing key has at least $fewest bytes, this one has $length");
        }
        if ($length > $most) {
            throw Fault::invalidKey("a signing key has at most $most bytes, this one has $length");
        }

        return new self($bytes);
    }
}
