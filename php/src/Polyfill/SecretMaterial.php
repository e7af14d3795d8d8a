<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * A shared secret, for HMAC-SHA256 and `HS256`.
 *
 * @internal
 */
final class SecretMaterial implements KeyMaterial
{
    private readonly Hidden $bytes;

    public function __construct(#[\SensitiveParameter] string $bytes)
    {
        $this->bytes = new Hidden($bytes);
    }

    public function algorithm(): string
    {
        return 'HS256';
    }

    public function sign(string $message): string
    {
        return hash_hmac('sha256', $message, $this->bytes->text(), true);
    }

    public function verifies(string $message, string $signature): bool
    {
        return hash_equals($this->sign($message), $signature);
    }

    /** Whether the secret is as long as the hash, which HS256 demands. */
    public function isStrong(): bool
    {
        return strlen($this->bytes->text()) >= 32;
    }

    public function publicJwk(): ?array
    {
        return null;
    }
}
