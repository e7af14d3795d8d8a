<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * An Ed25519 key, for `EdDSA`.
 *
 * @internal
 */
final class SodiumMaterial implements KeyMaterial
{
    private function __construct(private readonly string $public, private readonly ?Hidden $secret)
    {
    }

    public static function fromPublic(string $public): self
    {
        self::requireSodium();
        if (strlen($public) !== SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES) {
            throw Fault::invalidKey('a public Ed25519 key has 32 bytes');
        }

        return new self($public, null);
    }

    /** Takes the private seed; `public`, if it is there, must belong to it. */
    public static function fromSeed(#[\SensitiveParameter] string $seed, ?string $public = null): self
    {
        self::requireSodium();
        if (strlen($seed) !== SODIUM_CRYPTO_SIGN_SEEDBYTES) {
            throw Fault::invalidKey('the key is malformed');
        }
        $pair = sodium_crypto_sign_seed_keypair($seed);
        $derived = sodium_crypto_sign_publickey($pair);
        if ($public !== null && !hash_equals($derived, $public)) {
            throw Fault::invalidKey('the parts of the key do not belong together');
        }

        return new self($derived, new Hidden(sodium_crypto_sign_secretkey($pair)));
    }

    public function algorithm(): string
    {
        return 'EdDSA';
    }

    public function sign(string $message): ?string
    {
        return $this->secret === null ? null : sodium_crypto_sign_detached($message, $this->secret->text());
    }

    public function verifies(string $message, string $signature): bool
    {
        return strlen($signature) === SODIUM_CRYPTO_SIGN_BYTES
            && sodium_crypto_sign_verify_detached($signature, $message, $this->public);
    }

    public function publicJwk(): array
    {
        return ['kty' => 'OKP', 'crv' => 'Ed25519', 'x' => Base64::encodeUrl($this->public)];
    }

    private static function requireSodium(): void
    {
        if (!function_exists('sodium_crypto_sign_detached')) {
            throw Fault::invalidKey('without the extension platen, Ed25519 keys need the extension sodium');
        }
    }
}
