<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidKey;

/**
 * A key for the signing functions: a shared secret, or a key of two halves. The key decides the algorithm, never what
 * was received, and its id, if it has one, is the only `kid` it accepts.
 *
 * It shows nothing of itself: not in dumps, not in stack traces. It can be neither serialised nor cloned, and `==` says
 * nothing about two keys: compare what they sign. The bytes of a secret are wiped when it is freed; a parsed PEM or JWK
 * is kept for the life of the worker, so that reading it again in the next request costs a microsecond.
 *
 * An id has 1 to 255 bytes of UTF-8 without control characters.
 */
final class SigningKey
{
    /**
     * Always throws: a key is made by one of the methods below.
     *
     * @throws \Exception
     */
    public function __construct()
    {
    }

    /**
     * Makes a secret from `whsec_` and base64 (24 to 64 bytes), from `psk_` and base64url without padding (at least
     * 32 bytes), or from at least 32 raw bytes. For HMAC, webhooks and `HS256`.
     *
     * @param non-empty-string $secret
     * @param non-empty-string|null $id
     * @throws InvalidKey When the text is too short or does not go on as its prefix says.
     */
    public static function fromString(#[\SensitiveParameter] string $secret, ?string $id = null): \Platen\SigningKey
    {
    }

    /**
     * Makes a secret from the letters of another service's secret, whatever they begin with: 16 to 4096 bytes. Below
     * 32 bytes it makes and checks no tokens.
     *
     * @param non-empty-string $secret
     * @param non-empty-string|null $id
     * @throws InvalidKey When it is too short or too long.
     */
    public static function fromBytes(#[\SensitiveParameter] string $secret, ?string $id = null): \Platen\SigningKey
    {
    }

    /**
     * Reads one PEM key, private (PKCS #8, PKCS #1, SEC 1; not encrypted) or public (SPKI, PKCS #1): RSA of 2048 to
     * 8192 bits (private: to 4096) for `RS256`, EC on P-256 for `ES256`, Ed25519 for `EdDSA`.
     *
     * @param non-empty-string $pem At most 16 KiB.
     * @param non-empty-string|null $id
     * @throws InvalidKey When it is none of these.
     */
    public static function fromPem(#[\SensitiveParameter] string $pem, ?string $id = null): \Platen\SigningKey
    {
    }

    /**
     * Reads a JSON Web Key, private or public: `oct`, `RSA`, `EC` on P-256 or `OKP` on Ed25519. Its `kid` is the id.
     *
     * @param array<string, mixed> $jwk
     * @throws InvalidKey When it is none of these, or its `use` or `alg` say that it is for something else.
     * @throws Exception\InvalidInput When a member has no JSON form or is nested deeper than 64 levels.
     */
    public static function fromJwk(#[\SensitiveParameter] array $jwk): \Platen\SigningKey
    {
    }

    /**
     * Names the algorithm of this key's tokens.
     *
     * @return 'HS256'|'RS256'|'ES256'|'EdDSA'
     */
    public function algorithm(): string
    {
    }

    /**
     * Gives the id by which tokens name this key.
     *
     * @return non-empty-string|null
     */
    public function id(): ?string
    {
    }

    /**
     * Gives the public half as a JSON Web Key, with `alg`, `use` and the id as `kid`.
     *
     * @return array<string, string>
     * @throws InvalidKey When this key is a shared secret, which has nothing to publish.
     */
    public function toJwk(): array
    {
    }
}
