<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;
use Platen\Exception\InvalidSignature;
use Platen\SigningKey;

/**
 * Webhook signatures: those of Standard Webhooks, and those of Stripe, GitHub, Slack and HubSpot.
 *
 * @internal
 */
final class Webhook
{
    /** More than any rotation of keys needs, few enough that a hostile header costs nothing. */
    private const MAX_SIGNATURES = 16;

    /** @param SigningKey|array<mixed> $keys */
    public static function sign(
        string $id,
        int $timestamp,
        string $body,
        SigningKey|array $keys,
        string $scheme,
        string $method,
        string $uri
    ): string {
        $keys = self::keys($keys);
        $scheme = WebhookScheme::named($scheme);
        if ($scheme === WebhookScheme::Standard && !self::isId($id)) {
            throw Fault::invalidInput('a webhook id is 1 to 255 visible ASCII characters without a dot');
        }
        if ($timestamp < 0) {
            throw Fault::invalidInput('the timestamp of a webhook is not negative');
        }
        $secrets = array_map(static fn (SigningKey $key): SecretMaterial => $key->secret(), $keys);
        self::requireAddress($scheme, $method, $uri);
        if ($keys === [] || (count($keys) > 1 && !$scheme->hasSeveralSignatures())) {
            throw Fault::invalidInput('a webhook is signed with one key, after standard and stripe with one or more');
        }
        $content = $scheme->content($id, (string) $timestamp, $body, $method, $uri);
        $spell = static fn (SecretMaterial $secret): string => $scheme->spell($secret->sign($content));

        return $scheme->writeHeader((string) $timestamp, array_map($spell, $secrets));
    }

    /**
     * Checks a received webhook and gives what is remembered against replays.
     *
     * @param array<mixed> $headers By name; the case of a name does not matter, and a value may be a list of one.
     * @param SigningKey|array<mixed> $keys Every key that is valid now; several are while a secret rotates.
     * @throws InvalidSignature
     * @throws InvalidInput
     */
    public static function verify(
        string $body,
        array $headers,
        SigningKey|array $keys,
        int $toleranceS,
        ?int $now,
        string $scheme,
        string $method,
        string $uri
    ): string {
        $keys = self::keys($keys);
        $scheme = WebhookScheme::named($scheme);
        if ($toleranceS < 0) {
            throw Fault::invalidInput('tolerance_s must not be negative');
        }
        $secrets = array_map(static fn (SigningKey $key): SecretMaterial => $key->secret(), $keys);
        self::requireAddress($scheme, $method, $uri);

        $header = static fn (string $name): string => self::header($headers, $name);
        $id = $scheme === WebhookScheme::Standard ? $header('webhook-id') : '';
        if ($scheme === WebhookScheme::Standard && !self::isId($id)) {
            throw WebhookScheme::malformed('webhook-id');
        }
        $timestamp = $scheme->timestamp($header);
        if ($timestamp !== '' && abs(($now ?? time()) - $scheme->seconds($timestamp)) > $toleranceS) {
            throw Fault::invalidSignature(
                "the webhook's timestamp is more than $toleranceS s away",
                'timestamp_out_of_tolerance'
            );
        }
        $content = $scheme->content($id, $timestamp, $body, $method, $uri);
        $given = array_slice($scheme->signatures($header($scheme->signatureHeader())), 0, self::MAX_SIGNATURES);
        if (!self::anyHolds($scheme, $content, $given, $secrets)) {
            throw Fault::invalidSignature('no signature of the webhook holds');
        }

        return $scheme === WebhookScheme::Standard ? $id : hash('sha256', $content);
    }

    /**
     * @param list<string> $given
     * @param list<SecretMaterial> $secrets
     */
    private static function anyHolds(WebhookScheme $scheme, string $content, array $given, array $secrets): bool
    {
        foreach ($secrets as $secret) {
            $expected = $scheme->spell($secret->sign($content));
            foreach ($given as $signature) {
                if (hash_equals($expected, $signature)) {
                    return true;
                }
            }
        }

        return false;
    }

    private static function requireAddress(WebhookScheme $scheme, string $method, string $uri): void
    {
        if ($scheme === WebhookScheme::HubSpot && ($method === '' || $uri === '')) {
            throw Fault::invalidInput('the scheme hubspot signs the method and the whole address of the request');
        }
    }

    private static function isId(string $id): bool
    {
        // Visible ASCII without the dot, which would let two messages share one signature.
        return preg_match('/\A[\x21-\x2d\x2f-\x7e]{1,255}\z/', $id) === 1;
    }

    /**
     * The value of a header; empty when there is none.
     *
     * @param array<mixed> $headers
     */
    private static function header(array $headers, string $name): string
    {
        foreach ($headers as $key => $value) {
            if (strtr(strtolower((string) $key), '_', '-') !== $name) {
                continue;
            }
            $value = is_array($value) && count($value) === 1 ? reset($value) : $value;

            return is_string($value) && mb_check_encoding($value, 'UTF-8') ? $value : '';
        }

        return '';
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
