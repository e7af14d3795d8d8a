<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;
use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidSignature;
use Platen\Exception\InvalidToken;

/**
 * # Signing
 *
 * Signatures, JSON Web Tokens and webhooks.
 *
 * A key is a SigningKey, never a string: stack traces and dumps cannot show it.
 * It decides the algorithm, whatever was received.
 * All comparisons of secrets take constant time.
 *
 * @uses SigningKey
 * @uses KeySet
 */

/**
 * Signs data with HMAC-SHA256.
 *
 * @param string $data Any bytes.
 * @param SigningKey $key A shared secret.
 * @param 'hex'|'base64'|'base64url'|'sha256=' $encoding `sha256=` is hexadecimal behind that prefix.
 * @return non-empty-string
 * @throws InvalidInput When the encoding is none of these.
 * @throws InvalidKey When the key is no shared secret.
 * @link https://www.rfc-editor.org/rfc/rfc2104 RFC 2104 (HMAC)
 * @example
 * ```php
 * $key = Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so');
 * echo Platen\hmac_sign('{"order":7}', $key, 'sha256=');
 * ```
 * ```text
 * sha256=2444c2db6a84a065469b047af2dcdb676f2a64e154ba53ca782b9554932c92bd
 * ```
 */
function hmac_sign(string $data, SigningKey $key, string $encoding = 'hex'): string
{
}

/**
 * Whether the signature is to the letter what hmac_sign() gives, compared in constant time.
 *
 * @param string $signature In the form that the encoding asks for; anything else does not match.
 * @param 'hex'|'base64'|'base64url'|'sha256=' $encoding That of the signature.
 * @throws InvalidInput When the encoding is none of these.
 * @throws InvalidKey When the key is no shared secret.
 * @link https://www.rfc-editor.org/rfc/rfc2104 RFC 2104 (HMAC)
 * @example
 * ```php
 * $key = Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so');
 * $signature = Platen\hmac_sign('{"order":7}', $key);
 * var_dump(Platen\hmac_verify('{"order":7}', $signature, $key));
 * var_dump(Platen\hmac_verify('{"order":8}', $signature, $key));
 * ```
 * ```text
 * bool(true)
 * bool(false)
 * ```
 */
function hmac_verify(string $data, string $signature, SigningKey $key, string $encoding = 'hex'): bool
{
}

/**
 * Makes a JSON Web Token with the key's algorithm, and with its id as `kid`. The claims are taken as they are:
 * jwt_decode() wants an integer `exp`.
 *
 * @param array<string, mixed> $claims Nested at most 64 levels; times are Unix seconds.
 * @param SigningKey $key A secret for `HS256`, or the private half of a pair for `RS256`, `ES256` or `EdDSA`.
 * @return non-empty-string
 * @throws InvalidInput When a claim has no JSON form or is nested deeper than 64 levels.
 * @throws InvalidKey When a secret has fewer than 32 bytes, or the key is only a public half.
 * @throws InvalidToken When the token would be longer than 16 KiB.
 * @link https://www.rfc-editor.org/rfc/rfc7519 RFC 7519 (JSON Web Token)
 * @link https://www.rfc-editor.org/rfc/rfc7515 RFC 7515 (JSON Web Signature)
 * @limit A token of 16 KiB.
 * @example
 * ```php
 * $key = Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so', 'site-2026');
 * $token = Platen\jwt_encode(['sub' => 'user:42', 'exp' => time() + 60], $key);
 * echo substr_count($token, '.'), ' dots; ', base64_decode(strtok($token, '.'));
 * ```
 * ```text
 * 2 dots; {"alg":"HS256","kid":"site-2026","typ":"JWT"}
 * ```
 */
function jwt_encode(array $claims, SigningKey $key): string
{
}

/**
 * Checks a JSON Web Token and gives its claims.
 *
 * The algorithm is the key's, never the token's. A key with an id, and a set, want a token that names it. `exp` is
 * required. A token with an `aud` is accepted only when one of its audiences is among the checks. `jti` is the expected
 * one, or true when there must be one. `max_age_s` is counted from `iat`, which must then be there. Times are whole
 * seconds; `now` is the machine's clock when it is not given. Remembering each `jti` against replays is the caller's
 * part. A token has at most 16 KiB, nested at most 127 levels deep, and no number beyond the range of a float.
 *
 * @param string $token As it was received.
 * @param SigningKey|KeySet $key The key, or the keys one of which the token names.
 * @param array{iss?: string, aud?: string|non-empty-list<string>, sub?: string, jti?: string|true,
 *     max_age_s?: non-negative-int, leeway_s?: non-negative-int, now?: int} $checks What must hold besides signature and time.
 * @return array<string, mixed>
 * @throws InvalidToken `invalid_token`, `invalid_signature`, `unsupported_algorithm`, `unknown_key`, `token_expired`,
 *     `token_not_yet_valid`; its `claim` names the claim that did not hold.
 * @throws InvalidKey When a secret has fewer than 32 bytes.
 * @throws InvalidInput When there is no such check.
 * @link https://www.rfc-editor.org/rfc/rfc7519 RFC 7519 (JSON Web Token)
 * @link https://www.rfc-editor.org/rfc/rfc8725 RFC 8725 (best current practices)
 * @limit A token of 16 KiB.
 * @example
 * ```php
 * $key = Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so');
 * $token = Platen\jwt_encode(['aud' => 'shop', 'sub' => 'user:42', 'exp' => time() + 60], $key);
 * echo Platen\jwt_decode($token, $key, ['aud' => 'shop'])['sub'], "\n";
 * try {
 *     Platen\jwt_decode($token, $key, ['aud' => 'another shop']);
 * } catch (Platen\Exception\InvalidToken $no) {
 *     echo $no->errorCode, ' ', $no->claim;
 * }
 * ```
 * ```text
 * user:42
 * invalid_token aud
 * ```
 */
function jwt_decode(#[\SensitiveParameter] string $token, mixed $key, array $checks = []): array
{
}

/**
 * Gives the value of a webhook's signature header.
 *
 * | scheme     | header                   | signed                           |
 * |------------|--------------------------|----------------------------------|
 * | `standard` | `webhook-signature`      | `{id}.{timestamp}.{body}`        |
 * | `stripe`   | `stripe-signature`       | `{timestamp}.{body}`             |
 * | `github`   | `x-hub-signature-256`    | `{body}`                         |
 * | `slack`    | `x-slack-signature`      | `v0:{timestamp}:{body}`          |
 * | `hubspot`  | `x-hubspot-signature-v3` | `{method}{uri}{body}{timestamp}` |
 *
 * `standard` and `stripe` take several keys, and write a signature of each; the others take one. The secrets of other
 * services are read by SigningKey::fromBytes().
 *
 * @param string $id For `standard`: at most 255 visible ASCII characters without a dot.
 * @param non-negative-int $timestamp Unix seconds; milliseconds for `hubspot`.
 * @param string $body The bytes that are sent.
 * @param SigningKey|non-empty-array<SigningKey> $keys The secret, or those of a rotation.
 * @param 'standard'|'stripe'|'github'|'slack'|'hubspot' $scheme Whose form it is; see the table.
 * @param string $method For `hubspot`: the method of the request, in upper case.
 * @param string $uri For `hubspot`: the whole address, as the receiver sees it.
 * @return non-empty-string
 * @throws InvalidInput When an argument is out of its range.
 * @throws InvalidKey When a key is no shared secret.
 * @link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md Standard Webhooks
 * @link https://docs.stripe.com/webhooks#verify-manually Stripe
 * @link https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries GitHub
 * @link https://api.slack.com/authentication/verifying-requests-from-slack Slack
 * @link https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests HubSpot
 * @example
 * ```php
 * $key = Platen\SigningKey::fromString('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
 * echo Platen\webhook_sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', $key);
 * ```
 * ```text
 * v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
 * ```
 */
function webhook_sign(
    string $id,
    int $timestamp,
    string $body,
    mixed $keys,
    string $scheme = 'standard',
    string $method = 'POST',
    string $uri = ''
): string {
}

/**
 * Checks a received webhook, and gives what the caller remembers against replays: the id for `standard`, and for the
 * other schemes, which sign no id, the SHA-256 of what was signed. `github` signs no time, so that memory is all that
 * stops a replay.
 *
 * @param string $body The raw body, before any parsing.
 * @param array<string, string|list<string>> $headers Names compare without case; `webhook_id`, as
 *     WP_REST_Request::get_headers() writes it, is `webhook-id`.
 * @param SigningKey|array<SigningKey> $keys Every key that is valid now; several while a secret rotates.
 * @param non-negative-int $tolerance_s How far the signed time may be from now, in either direction.
 * @param int|null $now Unix seconds; the machine's clock when null.
 * @param 'standard'|'stripe'|'github'|'slack'|'hubspot' $scheme As webhook_sign() describes them.
 * @param string $method For `hubspot`: the method of the request.
 * @param string $uri For `hubspot`: the whole address that was called, with scheme, host and query.
 * @return non-empty-string
 * @throws InvalidSignature `invalid_signature`, `timestamp_out_of_tolerance`
 * @throws InvalidInput When the tolerance is negative, the scheme unknown or its address missing.
 * @throws InvalidKey When a key is no shared secret.
 * @link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md Standard Webhooks, and the services of webhook_sign()
 * @limit 16 signatures of one header are looked at.
 * @example
 * ```php
 * $key = Platen\SigningKey::fromString('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
 * [$body, $now] = ['{"test": 2432232314}', time()];
 * $headers = [
 *     'webhook-id' => 'msg_1',
 *     'webhook-timestamp' => (string) $now,
 *     'webhook-signature' => Platen\webhook_sign('msg_1', $now, $body, $key),
 * ];
 * echo Platen\webhook_verify($body, $headers, [$key]), "\n";
 * try {
 *     Platen\webhook_verify("$body ", $headers, [$key]);
 * } catch (Platen\Exception\InvalidSignature $forged) {
 *     echo $forged->errorCode;
 * }
 * ```
 * ```text
 * msg_1
 * invalid_signature
 * ```
 */
function webhook_verify(
    string $body,
    array $headers,
    mixed $keys,
    int $tolerance_s = 300,
    ?int $now = null,
    string $scheme = 'standard',
    string $method = 'POST',
    string $uri = ''
): string {
}
