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
     * @ignore
     */
    public function __construct()
    {
    }

    /**
     * Makes a secret from `whsec_` and base64 (24 to 64 bytes), from `psk_` and base64url without padding (at least
     * 32 bytes), or from at least 32 raw bytes. For HMAC, webhooks and `HS256`.
     *
     * @param non-empty-string $secret As `platend site add` prints it, or as the other side gave it.
     * @param non-empty-string|null $id The `kid` of its tokens, and the only one it accepts.
     * @throws InvalidKey When the text is too short or does not go on as its prefix says.
     * @link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md Standard Webhooks (`whsec_`)
     * @example
     * ```php
     * $key = Platen\SigningKey::fromString('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', id: '2026-11');
     * echo $key->algorithm(), ' ', $key->id();
     * ```
     * ```text
     * HS256 2026-11
     * ```
     */
    public static function fromString(#[\SensitiveParameter] string $secret, ?string $id = null): \Platen\SigningKey
    {
    }

    /**
     * Makes a secret from the letters of another service's secret, whatever they begin with: 16 to 4096 bytes. Below
     * 32 bytes it makes and checks no tokens.
     *
     * @param non-empty-string $secret 16 to 4096 bytes, taken as they are.
     * @param non-empty-string|null $id
     * @throws InvalidKey When it is too short or too long.
     * @example
     * ```php
     * $key = Platen\SigningKey::fromBytes('the secret of a GitHub webhook');
     * $headers = ['x-hub-signature-256' => Platen\webhook_sign('', 0, '{"zen":1}', $key, 'github')];
     * echo strlen(Platen\webhook_verify('{"zen":1}', $headers, $key, scheme: 'github'));
     * ```
     * ```text
     * 64
     * ```
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
     * @link https://www.rfc-editor.org/rfc/rfc7468 RFC 7468 (textual encodings of keys)
     * @link https://www.rfc-editor.org/rfc/rfc8017 RFC 8017 (RSA)
     * @link https://www.rfc-editor.org/rfc/rfc8032 RFC 8032 (Ed25519)
     * @limit 16 KiB of text; RSA of 2048 to 8192 bits.
     * @example
     * ```php
     * $pem = <<<'PEM'
     *     -----BEGIN PUBLIC KEY-----
     *     MCowBQYDK2VwAyEAu6qSLULEM6/R8tuX21WNBmmJX3Fv2flJKjegelH+Z5I=
     *     -----END PUBLIC KEY-----
     *     PEM;
     * echo Platen\SigningKey::fromPem($pem)->algorithm();
     * ```
     * ```text
     * EdDSA
     * ```
     */
    public static function fromPem(#[\SensitiveParameter] string $pem, ?string $id = null): \Platen\SigningKey
    {
    }

    /**
     * Reads a JSON Web Key, private or public: `oct`, `RSA`, `EC` on P-256 or `OKP` on Ed25519. Its `kid` is the id.
     *
     * @param array<string, mixed> $jwk What json_decode() with `true` makes of the key.
     * @throws InvalidKey When it is none of these, or its `use` or `alg` say that it is for something else.
     * @throws Exception\InvalidInput When a member has no JSON form or is nested deeper than 64 levels.
     * @link https://www.rfc-editor.org/rfc/rfc7517 RFC 7517 (JSON Web Key)
     * @example
     * ```php
     * $jwk = ['kty' => 'oct', 'k' => str_repeat('QUJD', 16), 'kid' => 'site-2026'];
     * $key = Platen\SigningKey::fromJwk($jwk);
     * echo $key->algorithm(), ' ', $key->id();
     * ```
     * ```text
     * HS256 site-2026
     * ```
     */
    public static function fromJwk(#[\SensitiveParameter] array $jwk): \Platen\SigningKey
    {
    }

    /**
     * Names the algorithm of this key's tokens.
     *
     * @return 'HS256'|'RS256'|'ES256'|'EdDSA'
     * @link https://www.rfc-editor.org/rfc/rfc7518 RFC 7518 (the names)
     * @example
     * ```php
     * echo Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so')->algorithm();
     * ```
     * ```text
     * HS256
     * ```
     */
    public function algorithm(): string
    {
    }

    /**
     * Gives the id by which tokens name this key.
     *
     * @return non-empty-string|null
     * @example
     * ```php
     * var_dump(Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so')->id());
     * ```
     * ```text
     * NULL
     * ```
     */
    public function id(): ?string
    {
    }

    /**
     * Gives the public half as a JSON Web Key, with `alg`, `use` and the id as `kid`.
     *
     * @return array<string, string>
     * @throws InvalidKey When this key is a shared secret, which has nothing to publish.
     * @link https://www.rfc-editor.org/rfc/rfc7517 RFC 7517 (JSON Web Key)
     * @example
     * ```php
     * $pem = <<<'PEM'
     *     -----BEGIN PUBLIC KEY-----
     *     MCowBQYDK2VwAyEAu6qSLULEM6/R8tuX21WNBmmJX3Fv2flJKjegelH+Z5I=
     *     -----END PUBLIC KEY-----
     *     PEM;
     * echo json_encode(Platen\SigningKey::fromPem($pem, 'site-2026')->toJwk());
     * ```
     * ```text
     * {"alg":"EdDSA","crv":"Ed25519","kid":"site-2026","kty":"OKP","use":"sig","x":"u6qSLULEM6_R8tuX21WNBmmJX3Fv2flJKjegelH-Z5I"}
     * ```
     */
    public function toJwk(): array
    {
    }
}
