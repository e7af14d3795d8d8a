<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * What a signing key holds: it signs and checks with its one algorithm.
 *
 * @internal
 */
interface KeyMaterial
{
    /** The name in a token's `alg`. */
    public function algorithm(): string;

    /** The raw signature of a message; null without a private half. */
    public function sign(string $message): ?string;

    public function verifies(string $message, string $signature): bool;

    /**
     * The public half, without `alg`, `use` and `kid`; null for a shared secret.
     *
     * @return array<string, string>|null
     */
    public function publicJwk(): ?array;
}
