<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;
use Platen\Exception\InvalidSignature;
use Platen\SigningKey;

/**
 * Webhook signatures after Standard Webhooks, version `v1`: HMAC-SHA256 over `{id}.{timestamp}.{raw body}`.
 *
 * @internal
 */
final class Webhook
{
    /** More than any rotation of keys needs, few enough that a hostile header costs nothing. */
    private const MAX_SIGNATURES = 16;

    public static function sign(string $id, int $timestamp, string $body, SigningKey $key): string
    {
        if (!self::isId($id)) {
            throw Fault::invalidInput('a webhook id is 1 to 255 visible ASCII characters without a dot');
        }
        if ($timestamp < 0) {
            throw Fault::invalidInput('a webhook timestamp is not negative');
        }

        return self::signature($id, (string) $timestamp, $body, $key);
    }

    /**
     * Checks a received webhook and gives its id.
     *
     * @param array<mixed> $headers By name; the case of a name does not matter, and a value may be a list of one.
     * @param SigningKey|list<SigningKey> $keys Every key that is valid now; several are while a secret rotates.
     * @throws InvalidSignature
     * @throws InvalidInput
     */
    public static function verify(
        string $body,
        array $headers,
        SigningKey|array $keys,
        int $toleranceS,
        ?int $now
    ): string {
        $keys = self::keys($keys);
        if ($toleranceS < 0) {
            throw Fault::invalidInput('a tolerance is not negative');
        }

        $id = self::header($headers, 'webhook-id');
        $timestamp = self::header($headers, 'webhook-timestamp');
        $signatures = self::header($headers, 'webhook-signature');
        if (!self::isId($id)) {
            throw self::malformed('webhook-id');
        }
        // Only the spelling that was signed: "+5" or "005" would be other bytes under the signature.
        if ((string) (int) $timestamp !== $timestamp || (int) $timestamp < 0) {
            throw self::malformed('webhook-timestamp');
        }
        if (abs(($now ?? time()) - (int) $timestamp) > $toleranceS) {
            throw Fault::invalidSignature(
                "the webhook's timestamp is more than $toleranceS s away",
                'timestamp_out_of_tolerance'
            );
        }
        if (!self::anyHolds($id, $timestamp, $body, $signatures, $keys)) {
            throw Fault::invalidSignature('no signature of the webhook holds');
        }

        return $id;
    }

    /** @param list<SigningKey> $keys */
    private static function anyHolds(
        string $id,
        string $timestamp,
        string $body,
        string $signatures,
        array $keys
    ): bool {
        $given = array_slice(
            array_filter(explode(' ', $signatures), static fn (string $text): bool => str_starts_with($text, 'v1,')),
            0,
            self::MAX_SIGNATURES
        );
        foreach ($keys as $key) {
            $expected = self::signature($id, $timestamp, $body, $key);
            foreach ($given as $signature) {
                if (hash_equals($expected, $signature)) {
                    return true;
                }
            }
        }

        return false;
    }

    private static function signature(string $id, string $timestamp, string $body, SigningKey $key): string
    {
        return 'v1,' . base64_encode($key->mac("$id.$timestamp.$body"));
    }

    private static function isId(string $id): bool
    {
        // Visible ASCII without the dot, which would let two messages share one signature.
        return preg_match('/\A[\x21-\x2d\x2f-\x7e]{1,255}\z/', $id) === 1;
    }

    /** @param array<mixed> $headers */
    private static function header(array $headers, string $name): string
    {
        foreach ($headers as $key => $value) {
            if (strtr(strtolower((string) $key), '_', '-') !== $name) {
                continue;
            }
            $value = is_array($value) && count($value) === 1 ? reset($value) : $value;

            return is_string($value) ? $value : throw self::malformed($name);
        }

        throw self::malformed($name);
    }

    private static function malformed(string $name): InvalidSignature
    {
        return Fault::invalidSignature("the header $name is missing or malformed");
    }

    /**
     * @param SigningKey|array<mixed> $keys
     * @return list<SigningKey>
     */
    private static function keys(SigningKey|array $keys): array
    {
        $list = is_array($keys) ? array_values($keys) : [$keys];
        foreach ($list as $key) {
            if (!$key instanceof SigningKey) {
                throw new \TypeError('keys must be a Platen\SigningKey or an array of Platen\SigningKey');
            }
        }

        return $list;
    }
}
