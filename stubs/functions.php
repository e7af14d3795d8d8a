<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\DaemonUnavailable;
use Platen\Exception\InvalidInput;
use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidSignature;
use Platen\Exception\InvalidToken;
use Platen\Exception\RequestRefused;

/**
 * Counts the tokens of a text: exactly for OpenAI's models, by an estimate that is rather high for the others. By how
 * much an estimate may err is in model_info().
 *
 * @param string $text At most 16 MiB; bytes that are not UTF-8 count as U+FFFD.
 * @return non-negative-int
 * @throws InvalidInput `payload_too_large`
 */
function count_tokens(string $text, string $model = ''): int
{
}

/**
 * Counts what a chat request with these messages costs: exactly for the texts of OpenAI's models, else by an estimate.
 *
 * Each message costs 3 and its role, content, name (and 1) and tool calls (name and arguments); the request costs 3
 * more. An image costs 85, and in high detail 170 for each tile of 512 pixels squared (OpenAI's formula for GPT-4o);
 * one whose part has no `width` and `height` counts as 1024 by 1024 pixels.
 *
 * @param list<array{role: 'system'|'developer'|'user'|'assistant'|'tool',
 *     content?: string|null|list<array<string, mixed>>, name?: string, tool_calls?: list<array<string, mixed>>, ...}> $messages
 * @return positive-int
 * @throws InvalidInput When a message is malformed, or all texts together have more than 16 MiB.
 */
function count_message_tokens(array $messages, string $model = ''): int
{
}

/**
 * Gives the ids of a text's tokens. For a model whose vocabulary is not public they are those of `o200k_base`.
 *
 * Special tokens such as `<|endoftext|>` are ordinary text. The polyfill cannot do this and throws.
 *
 * @param string $text At most 16 MiB; bytes that are not UTF-8 are taken for U+FFFD.
 * @return list<non-negative-int>
 * @throws InvalidInput `payload_too_large`
 */
function encode(string $text, string $model = ''): array
{
}

/**
 * Gives the bytes that token ids stand for. They need not be UTF-8: a token can be a part of a character.
 *
 * The polyfill cannot do this and throws.
 *
 * @param list<non-negative-int> $tokens
 * @throws InvalidInput When an id is none of the encoding's ordinary tokens.
 */
function decode(array $tokens, string $model = ''): string
{
}

/**
 * Cuts a text where a token ends, so that count_tokens() gives at most `$max` for the rest.
 *
 * @param string $text At most 16 MiB.
 * @param non-negative-int $max
 * @param 'end'|'start' $from Which end is cut off.
 * @throws InvalidInput `payload_too_large`; when the number is negative or there is no such end.
 */
function truncate_tokens(string $text, int $max, string $model = '', string $from = 'end'): string
{
}

/**
 * Splits a text into parts for each of which count_tokens() gives at most `$size`.
 *
 * A part ends where a paragraph, else a line, a sentence or a word does, if one does in its second half. Each part but
 * the first begins with up to `$overlap` tokens of the one before; without overlap the parts together are the text.
 *
 * @param string $text At most 16 MiB.
 * @param int<8, max> $size
 * @param non-negative-int $overlap Less than half of the size.
 * @return list<non-empty-string>
 * @throws InvalidInput `payload_too_large`; when a number is out of its range.
 */
function split_tokens(string $text, int $size, int $overlap = 0, string $model = ''): array
{
}

/**
 * Tells what is known of a model from its name. The longest known beginning of the name decides; who serves the model
 * (`openai/…`, `us.anthropic.…`), case and the mark of a fine-tuned model do not matter. A model that is not known is
 * estimated over all vocabularies and has a window of 8192 tokens and answers of 2048.
 *
 * `is_estimate` is false when counts are the model's own. An estimate weighs what `encoding` counts by the script it is
 * written in, and gives rather too much than too little; `error_percent` says by how many percent of the estimate the
 * model's own count may differ from it, up or down: 99 of 100 texts of 1 KB keep to it. docs/tokens.md tells how it was
 * calibrated. For the polyfill everything is an estimate.
 *
 * `context_tokens` is what the model takes in and gives out together, `max_output_tokens` its longest answer.
 *
 * @return array{encoding: 'o200k_base'|'o200k_harmony'|'cl100k_base'|'p50k_base'|'r50k_base', is_estimate: bool,
 *     error_percent: int<0, 100>, context_tokens: positive-int, max_output_tokens: non-negative-int}
 *
 * @example
 * ```php
 * $info = Platen\model_info('gpt-4o');
 * echo "$info[encoding], $info[context_tokens] tokens, ", $info['is_estimate'] ? 'estimated' : 'exact';
 * ```
 * ```text
 * o200k_base, 128000 tokens, exact
 * ```
 */
function model_info(string $model): array
{
}

/**
 * Drops the oldest messages until the rest costs at most `$max_tokens` less `$reserve`.
 *
 * System messages, pinned messages and the newest question always stay; a tool call and its results stay or go
 * together. The messages that stay are shared with the array that was passed in, not copied. Counts of messages are
 * remembered, so that trimming a conversation again after each turn costs little. Time grows with the length of the
 * conversation; all texts together have at most 16 MiB.
 *
 * Options: `keep_first` messages at the beginning stay as if they were pinned. `summary` is the text of a system
 * message that stands where the first messages were dropped, and is counted. With `truncate` the end of the newest
 * question is cut when what must stay does not fit.
 *
 * @param list<array{role: 'system'|'developer'|'user'|'assistant'|'tool',
 *     content?: string|null|list<array<string, mixed>>, name?: string, pinned?: bool,
 *     tool_calls?: list<array{id: string, function: array{name: string, arguments: string}, ...}>,
 *     tool_call_id?: string, ...}> $messages
 * @param non-negative-int $max_tokens
 * @param non-negative-int $reserve Kept free for the answer.
 * @param array{keep_first?: non-negative-int, summary?: string, truncate?: bool} $options
 * The report tells which messages stayed and which went, by their places in `$messages`; the place of the one whose end
 * was cut; the place of the summary in the new list; what the conversation cost before and costs now; the budget; and
 * whether the counts are estimates, and how good (as model_info()).
 *
 * @return array{messages: list<array<string, mixed>>, report: array{kept: list<non-negative-int>,
 *     dropped: list<non-negative-int>, truncated: non-negative-int|null, summary_at: non-negative-int|null,
 *     tokens_before: non-negative-int, tokens_after: non-negative-int, max_tokens: non-negative-int,
 *     reserve: non-negative-int, is_estimate: bool, error_percent: int<0, 100>}}
 * @throws InvalidInput When a message is malformed, there is no such option, or what must stay does not fit.
 *
 * @example
 * ```php
 * $messages = [
 *     ['role' => 'system', 'content' => 'Be brief.'],
 *     ['role' => 'user', 'content' => str_repeat('old ', 50)],
 *     ['role' => 'assistant', 'content' => 'Yes.'],
 *     ['role' => 'user', 'content' => 'And now?'],
 * ];
 * $trimmed = Platen\trim_history($messages, 40, 'gpt-4o');
 * echo implode(' | ', array_column($trimmed['messages'], 'content')), "\n";
 * echo json_encode($trimmed['report']['dropped']);
 * ```
 * ```text
 * Be brief. | And now?
 * [1,2]
 * ```
 */
function trim_history(
    array $messages,
    int $max_tokens,
    string $model = '',
    int $reserve = 0,
    array $options = []
): array {
}

/**
 * Signs data with HMAC-SHA256.
 *
 * @param 'hex'|'base64'|'base64url'|'sha256=' $encoding `sha256=` is hexadecimal behind that prefix.
 * @return non-empty-string
 * @throws InvalidInput When the encoding is none of these.
 * @throws InvalidKey When the key is no shared secret.
 */
function hmac_sign(string $data, SigningKey $key, string $encoding = 'hex'): string
{
}

/**
 * Whether the signature is to the letter what hmac_sign() gives, compared in constant time.
 *
 * @param 'hex'|'base64'|'base64url'|'sha256=' $encoding
 * @throws InvalidInput When the encoding is none of these.
 * @throws InvalidKey When the key is no shared secret.
 */
function hmac_verify(string $data, string $signature, SigningKey $key, string $encoding = 'hex'): bool
{
}

/**
 * Makes a JSON Web Token with the key's algorithm, and with its id as `kid`. The claims are taken as they are:
 * jwt_decode() wants an integer `exp`.
 *
 * @param array<string, mixed> $claims
 * @return non-empty-string
 * @throws InvalidInput When a claim has no JSON form.
 * @throws InvalidKey When a secret has fewer than 32 bytes, or the key is only a public half.
 * @throws InvalidToken When the token would be longer than 16 KiB.
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
 * part.
 *
 * @param SigningKey|KeySet $key
 * @param array{iss?: string, aud?: string|non-empty-list<string>, sub?: string, jti?: string|true,
 *     max_age_s?: non-negative-int, leeway_s?: non-negative-int, now?: int} $checks
 * @return array<string, mixed>
 * @throws InvalidToken `invalid_token`, `invalid_signature`, `unsupported_algorithm`, `unknown_key`, `token_expired`,
 *     `token_not_yet_valid`; its `claim` names the claim that did not hold.
 * @throws InvalidKey When a secret has fewer than 32 bytes.
 * @throws InvalidInput When there is no such check.
 */
function jwt_decode(string $token, mixed $key, array $checks = []): array
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
 * @param SigningKey|non-empty-array<SigningKey> $keys
 * @param 'standard'|'stripe'|'github'|'slack'|'hubspot' $scheme
 * @param string $uri For `hubspot`: the whole address, as the receiver sees it.
 * @return non-empty-string
 * @throws InvalidInput When an argument is out of its range.
 * @throws InvalidKey When a key is no shared secret.
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
 * @param string $uri For `hubspot`: the whole address that was called, with scheme, host and query.
 * @return non-empty-string
 * @throws InvalidSignature `invalid_signature`, `timestamp_out_of_tolerance`
 * @throws InvalidInput When the tolerance is negative, the scheme unknown or its address missing.
 * @throws InvalidKey When a key is no shared secret.
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

/**
 * Hashes a prompt: equal for prompts that are the same JSON, whatever the order of keys or the spelling of numbers.
 *
 * @param mixed $prompt Scalars, null, arrays and stdClass objects.
 * @return non-empty-string 64 hexadecimal digits.
 * @throws InvalidInput When the prompt has no JSON form.
 */
function prompt_hash(mixed $prompt): string
{
}

/**
 * Takes personal data and secrets out of a text: `email`, `phone`, `card`, `iban`, `ssn`, `ip`, `secret` (keys, tokens,
 * private keys) and `credentials` (in a URL). What has no shape of its own, as names and birthdays, is not found.
 *
 * Placeholders are numbered, `[EMAIL_1]`, the same for the same value, and restore() undoes them; with
 * `reversible: false` they are `[email]` and the map is empty. Redacting a result again finds nothing.
 *
 * @param string $text At most 16 MiB of any bytes.
 * @param array{kinds?: list<'email'|'phone'|'card'|'iban'|'ssn'|'ip'|'secret'|'credentials'>, reversible?: bool} $rules
 *     All kinds, and reversible, when not given.
 * @return array{text: string, findings: list<array{kind: string, start: non-negative-int, end: positive-int,
 *     placeholder: non-empty-string}>, map: array<non-empty-string, non-empty-string>} Offsets are bytes of `$text`;
 *     the map holds the values and is as secret as the text.
 * @throws InvalidInput `payload_too_large`, also for more than 100000 findings; `invalid_request` for a rule or a kind
 *     that does not exist.
 */
function redact(string $text, array $rules = []): array
{
}

/**
 * Puts the values of a map of redact() back where their placeholders stand, in the redacted text or in an answer to it.
 *
 * @param string $text At most 32 MiB, as is the result.
 * @param array<non-empty-string, string> $map
 * @throws InvalidInput `payload_too_large`, or `invalid_request` when a key is no numbered placeholder or a value no
 *     string.
 */
function restore(string $text, array $map): string
{
}

/**
 * Looks up what was cached under a prompt's hash. Null when there is nothing, and when the cache cannot be read.
 *
 * @param non-empty-string $hash As prompt_hash() gives it.
 * @throws InvalidInput When it is no such hash.
 */
function cache_get(string $hash): ?string
{
}

/**
 * Caches a value under a prompt's hash. False when the cache cannot be written now.
 *
 * @param non-empty-string $hash As prompt_hash() gives it.
 * @param positive-int $ttl_s
 * @throws InvalidInput When it is no such hash, the value is too large or the time is not positive.
 */
function cache_set(string $hash, string $value, int $ttl_s = 3600): bool
{
}

/**
 * Asks whether the daemon lives. Always tries, also right after a call that was not answered.
 *
 * @param positive-int|null $deadline_ms At most 60000; `platen.deadline_ms` when null. The same for all calls below.
 * @return array{version: string, protocol: int, pid: int, uptime_ms: int}
 * @throws DaemonUnavailable `daemon_unavailable`, `deadline_exceeded`
 * @throws RequestRefused
 */
function ping(?int $deadline_ms = null): array
{
}

/**
 * Hands a job over. The receipt means that it is durable; sending it again, with the same id or idempotency key, is
 * safe and gives `is_duplicate`.
 *
 * @param array<string, mixed> $job As docs/protocol.md describes it.
 * @param positive-int|null $deadline_ms
 * @return array{job_id: string, status: string, is_duplicate: bool}
 * @throws DaemonUnavailable `daemon_unavailable`, `deadline_exceeded`: the job may or may not have arrived.
 * @throws RequestRefused With the code of the refusal: nothing was changed.
 * @throws InvalidInput When the job has no JSON form or is larger than a frame.
 */
function submit(string $site, array $job, ?int $deadline_ms = null): array
{
}

/**
 * Asks where a job stands.
 *
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`
 */
function status(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Ends a job.
 *
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`, `invalid_transition`
 */
function cancel(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Replays a dead job.
 *
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`, `invalid_transition`
 */
function retry(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Tells what happened to a job in the daemon, oldest first.
 *
 * @param positive-int|null $deadline_ms
 * @return array{job_id: string, request_id: string, hops: list<array{name: string, at: string, detail: mixed}>}
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`
 */
function trace(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Takes from a rate limit that all workers share.
 *
 * @param non-empty-string $key What is limited, unique within the site; at most 191 bytes.
 * @param positive-int $limit How many requests the window allows.
 * @param positive-int $window_ms
 * @param non-negative-int $cost How many requests this one counts for; 0 only looks.
 * @param positive-int|null $deadline_ms
 * @return array{is_allowed: bool, remaining: non-negative-int, retry_after_ms: non-negative-int}
 * @throws DaemonUnavailable
 * @throws RequestRefused
 * @throws InvalidInput When a number is out of its range.
 */
function rate_limit(
    string $site,
    string $key,
    int $limit,
    int $window_ms,
    int $cost = 1,
    ?int $deadline_ms = null
): array {
}
