<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * Reads JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037).
 *
 * @internal
 */
final class Jwk
{
    /** @param array<mixed> $members */
    public static function id(#[\SensitiveParameter] array $members): ?string
    {
        return self::text($members, 'kid');
    }

    /** @param array<mixed> $members */
    public static function read(#[\SensitiveParameter] array $members): KeyMaterial
    {
        if (!in_array(self::text($members, 'use'), [null, 'sig'], true)) {
            throw Fault::invalidKey('the JWK is not for signatures');
        }
        $kind = self::text($members, 'kty') ?? throw Fault::invalidKey('the JWK has no kty');
        $algorithm = match ([$kind, self::text($members, 'crv')]) {
            ['oct', null] => 'HS256',
            ['RSA', null] => 'RS256',
            ['EC', 'P-256'] => 'ES256',
            ['OKP', 'Ed25519'] => 'EdDSA',
            default => throw Fault::invalidKey('the JWK is none of oct, RSA, EC on P-256 and OKP on Ed25519'),
        };
        if (!in_array(self::text($members, 'alg'), [null, $algorithm], true)) {
            throw Fault::invalidKey('the JWK is for another algorithm than its kind of key has here');
        }
        $isPrivate = array_key_exists('d', $members);

        return match ($algorithm) {
            'HS256' => new SecretMaterial(self::secret($members)),
            'RS256' => $isPrivate ? self::privateRsa($members) : self::publicRsa($members),
            'ES256' => self::ec($members, $isPrivate),
            'EdDSA' => $isPrivate
                ? SodiumMaterial::fromSeed(self::coordinate($members, 'd'), self::coordinate($members, 'x'))
                : SodiumMaterial::fromPublic(self::coordinate($members, 'x')),
        };
    }

    /** @param array<mixed> $members */
    private static function secret(#[\SensitiveParameter] array $members): string
    {
        $bytes = self::bytes($members, 'k');
        $length = strlen($bytes);
        if ($length < 32 || $length > 4096) {
            throw Fault::invalidKey("a signing key has 32 to 4096 bytes, this one has $length");
        }

        return $bytes;
    }

    /** @param array<mixed> $members */
    private static function publicRsa(array $members): OpensslMaterial
    {
        $numbers = array_map(
            static fn (string $name): string => Der::positive(self::bytes($members, $name)),
            ['n', 'e']
        );
        $key = Der::publicKey(Der::RSA, Der::sequence(implode('', $numbers)));

        return OpensslMaterial::fromPem(Der::pem('PUBLIC KEY', $key), false);
    }

    /** @param array<mixed> $members */
    private static function privateRsa(#[\SensitiveParameter] array $members): OpensslMaterial
    {
        $numbers = array_map(
            static fn (string $name): string => Der::positive(self::bytes($members, $name)),
            ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi']
        );
        $key = Der::sequence("\x02\x01\x00" . implode('', $numbers));

        return OpensslMaterial::fromPem(Der::pem('RSA PRIVATE KEY', $key), true);
    }

    /** @param array<mixed> $members */
    private static function ec(#[\SensitiveParameter] array $members, bool $isPrivate): OpensslMaterial
    {
        $point = "\x04" . self::coordinate($members, 'x') . self::coordinate($members, 'y');
        $public = Der::publicKey(Der::EC . Der::P256, $point);
        $material = OpensslMaterial::fromPem(Der::pem('PUBLIC KEY', $public), false);
        if (!$isPrivate) {
            return $material;
        }
        $private = Der::sequence(
            "\x02\x01\x01" . Der::octets(self::coordinate($members, 'd'))
            . Der::explicit(0, Der::P256) . Der::explicit(1, Der::bits($point))
        );

        return OpensslMaterial::fromPem(Der::pem('EC PRIVATE KEY', $private), true);
    }

    /** @param array<mixed> $members */
    private static function text(#[\SensitiveParameter] array $members, string $name): ?string
    {
        if (!array_key_exists($name, $members)) {
            return null;
        }

        return is_string($members[$name])
            ? $members[$name]
            : throw Fault::invalidKey('a member of the JWK is not text');
    }

    /** @param array<mixed> $members */
    private static function bytes(#[\SensitiveParameter] array $members, string $name): string
    {
        $encoded = self::text($members, $name) ?? throw Fault::invalidKey('the JWK lacks a part of its key');

        return Base64::decodeUrl($encoded) ?? throw Fault::invalidKey('a part of the JWK is not base64url');
    }

    /** @param array<mixed> $members */
    private static function coordinate(#[\SensitiveParameter] array $members, string $name): string
    {
        $bytes = self::bytes($members, $name);

        return strlen($bytes) === 32 ? $bytes : throw Fault::invalidKey('a part of the JWK has not 32 bytes');
    }
}
