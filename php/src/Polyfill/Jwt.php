<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidToken;
use Platen\SigningKey;

/**
 * JSON Web Tokens (RFC 7519) in one fixed profile: `HS256`, `typ` of `JWT`, `exp` required.
 *
 * The order of checks is: shape, algorithm, signature, claims. No claim is read before the signature holds.
 *
 * @internal
 */
final class Jwt
{
    /** `{"alg":"HS256","typ":"JWT"}`, the only header that is written. */
    private const HEADER = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9';
    /** Twice what web servers take as a header line. */
    private const MAX_TOKEN_BYTES = 16384;

    /** @param array<mixed> $claims */
    public static function encode(array $claims, SigningKey $key): string
    {
        self::requireStrong($key);
        $signed = self::HEADER . '.' . Base64::encodeUrl(SortedJson::write(JsonValue::readObject($claims, 'claims')));
        $token = $signed . '.' . Base64::encodeUrl($key->mac($signed));
        if (strlen($token) > self::MAX_TOKEN_BYTES) {
            throw Fault::invalidToken('a token has at most ' . self::MAX_TOKEN_BYTES . ' bytes');
        }

        return $token;
    }

    /**
     * @param array<mixed> $checks
     * @return array<string, mixed>
     */
    public static function decode(string $token, SigningKey $key, array $checks): array
    {
        $checks = JwtChecks::fromArray($checks);
        self::requireStrong($key);
        if (strlen($token) > self::MAX_TOKEN_BYTES) {
            throw Fault::invalidToken('a token has at most ' . self::MAX_TOKEN_BYTES . ' bytes');
        }
        $parts = explode('.', $token);
        if (count($parts) !== 3) {
            throw self::malformed('token');
        }
        [$header, $payload, $signature] = $parts;
        self::checkHeader($header);
        if (!hash_equals(Base64::encodeUrl($key->mac("$header.$payload")), $signature)) {
            throw Fault::invalidToken("the token's signature does not hold", 'invalid_signature');
        }
        $claims = self::jsonObject($payload) ?? throw self::malformed('payload');
        $checks->apply($claims);

        return $claims;
    }

    private static function checkHeader(string $encoded): void
    {
        if ($encoded === self::HEADER) {
            return;
        }
        $header = self::jsonObject($encoded) ?? throw self::malformed('header');
        $type = $header['typ'] ?? null;
        if (!is_string($header['alg'] ?? null) || ($type !== null && !is_string($type))) {
            throw self::malformed('header');
        }
        if ($header['alg'] !== 'HS256') {
            throw Fault::invalidToken('the token is not signed with HS256', 'unsupported_algorithm');
        }
        // A header with critical extensions must not be accepted by who does not know them (RFC 7515 §4.1.11).
        if (($type !== null && $type !== 'JWT') || isset($header['crit'])) {
            throw self::malformed('header');
        }
    }

    /** @return array<string, mixed>|null */
    private static function jsonObject(string $encoded): ?array
    {
        $json = Base64::decodeUrl($encoded);
        if ($json === null || !str_starts_with(ltrim($json), '{')) {
            return null;
        }
        $value = json_decode($json, true);

        return is_array($value) ? $value : null;
    }

    /** @throws InvalidKey */
    private static function requireStrong(SigningKey $key): void
    {
        if (!$key->isStrong()) {
            throw Fault::invalidKey('a key for HS256 has at least 32 bytes');
        }
    }

    private static function malformed(string $part): InvalidToken
    {
        return Fault::invalidToken("the token's $part is malformed");
    }
}
