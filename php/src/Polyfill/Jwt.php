<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidToken;
use Platen\KeySet;
use Platen\SigningKey;

/**
 * JSON Web Tokens (RFC 7519) in one fixed profile: the key's algorithm, `typ` of `JWT`, `exp` required.
 *
 * The order of checks is: shape, key, algorithm, signature, claims. No claim is read before the signature holds.
 *
 * @internal
 */
final class Jwt
{
    private const ALGORITHMS = ['HS256', 'RS256', 'ES256', 'EdDSA'];
    /** Twice what web servers take as a header line. */
    private const MAX_TOKEN_BYTES = 16384;

    /** How deep the JSON of a token may nest, the object itself included. */
    private const MAX_DEPTH = 127;

    /** @param array<mixed> $claims */
    public static function encode(array $claims, SigningKey $key): string
    {
        $payload = SortedJson::write(JsonValue::readObject($claims, 'claim set'));
        self::requireStrong($key);
        $signed = self::header($key) . '.' . Base64::encodeUrl($payload);
        $signature = $key->material()->sign($signed)
            ?? throw Fault::invalidKey('a token is signed with a private key; this one is public');
        $token = $signed . '.' . Base64::encodeUrl($signature);
        if (strlen($token) > self::MAX_TOKEN_BYTES) {
            throw Fault::invalidToken('a token has at most ' . self::MAX_TOKEN_BYTES . ' bytes');
        }

        return $token;
    }

    /**
     * @param array<mixed> $checks
     * @return array<string, mixed>
     */
    public static function decode(#[\SensitiveParameter] string $token, SigningKey|KeySet $keys, array $checks): array
    {
        $checks = JwtChecks::fromArray($checks);
        array_map([self::class, 'requireStrong'], $keys instanceof KeySet ? $keys->keys() : [$keys]);
        if (strlen($token) > self::MAX_TOKEN_BYTES) {
            throw Fault::invalidToken('a token has at most ' . self::MAX_TOKEN_BYTES . ' bytes');
        }
        $parts = explode('.', $token);
        if (count($parts) !== 3) {
            throw self::malformed('token');
        }
        [$header, $payload, $signature] = $parts;
        $key = self::checkHeader($header, $keys);
        $signature = Base64::decodeUrl($signature);
        if ($signature === null || !$key->material()->verifies("$header.$payload", $signature)) {
            throw Fault::invalidToken("the token's signature does not hold", 'invalid_signature');
        }
        $claims = self::jsonObject($payload) ?? throw self::malformed('payload');
        $checks->apply($claims);

        return $claims;
    }

    private static function header(SigningKey $key): string
    {
        $members = ['alg' => $key->algorithm()];
        $members += ($key->id() === null ? [] : ['kid' => $key->id()]) + ['typ' => 'JWT'];

        return Base64::encodeUrl(SortedJson::write((object) $members));
    }

    /** Gives the key that the token may be signed with. */
    private static function checkHeader(string $encoded, SigningKey|KeySet $keys): SigningKey
    {
        $header = self::jsonObject($encoded) ?? throw self::malformed('header');
        $algorithm = $header['alg'] ?? null;
        if (!is_string($algorithm) || (array_key_exists('kid', $header) && !is_string($header['kid']))) {
            throw self::malformed('header');
        }
        if (!in_array($algorithm, self::ALGORITHMS, true)) {
            throw self::otherAlgorithm();
        }
        $key = self::chooseKey($header['kid'] ?? null, $keys);
        if ($algorithm !== $key->algorithm()) {
            throw self::otherAlgorithm();
        }
        // A header with critical extensions must not be accepted by who does not know them (RFC 7515 §4.1.11).
        if (($header['typ'] ?? 'JWT') !== 'JWT' || isset($header['crit'])) {
            throw self::malformed('header');
        }

        return $key;
    }

    private static function chooseKey(?string $id, SigningKey|KeySet $keys): SigningKey
    {
        if ($keys instanceof KeySet) {
            $key = $id === null ? null : $keys->find($id);
        } else {
            $key = $keys->id() === null || $keys->id() === $id ? $keys : null;
        }

        return $key ?? throw Fault::invalidToken('the token names no key that is known', 'unknown_key');
    }

    private static function otherAlgorithm(): InvalidToken
    {
        return Fault::invalidToken(
            'the token names another algorithm than its key is for',
            'unsupported_algorithm'
        );
    }

    /** @return array<string, mixed>|null Null also for numbers beyond a float and for what is nested too deep. */
    private static function jsonObject(string $encoded): ?array
    {
        $json = Base64::decodeUrl($encoded);
        if ($json === null || !str_starts_with(ltrim($json), '{')) {
            return null;
        }
        // json_decode() counts the empty level below the deepest one too.
        $value = json_decode($json, true, self::MAX_DEPTH + 1);
        if (!is_array($value)) {
            return null;
        }
        $isFinite = true;
        array_walk_recursive($value, static function (mixed $member) use (&$isFinite): void {
            $isFinite = $isFinite && !(is_float($member) && is_infinite($member));
        });

        return $isFinite ? $value : null;
    }

    /** @throws InvalidKey */
    private static function requireStrong(SigningKey $key): void
    {
        $material = $key->material();
        if ($material instanceof SecretMaterial && !$material->isStrong()) {
            throw Fault::invalidKey('a key for HS256 has at least 32 bytes');
        }
    }

    private static function malformed(string $part): InvalidToken
    {
        return Fault::invalidToken("the token's $part is malformed");
    }
}
