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
 * # Tokens
 *
 * What a text costs, before it is sent.
 *
 * `$model` is the name of a model as its provider writes it, such as `gpt-4o`; model_info() tells what is known.
 * Counts are exact for OpenAI's models. For those without a public tokenizer they are estimates, rather too high.
 * Texts are bytes: what is not UTF-8 counts as U+FFFD, and nothing is refused but too long a text.
 * The tables are part of the library, so the first call of a worker costs no more than the next.
 *
 * @uses TokenCounter
 */

/**
 * Counts the tokens of a text: exactly for OpenAI's models, by an estimate that is rather high for the others. By how
 * much an estimate may err is in model_info().
 *
 * @param string $text At most 16 MiB; bytes that are not UTF-8 count as U+FFFD.
 * @param string $model The name of the model, as its provider writes it; an unknown one, and none, is estimated.
 * @return non-negative-int
 * @throws InvalidInput `payload_too_large` when the text is longer.
 * @link https://github.com/openai/tiktoken tiktoken: the same ids and counts, for every encoding of model_info()
 * @limit 16 MiB of text; time and memory are linear in its length.
 * @polyfill Every count is an estimate.
 * @example
 * ```php
 * echo Platen\count_tokens('Ask our shop anything.', 'gpt-4o');
 * ```
 * ```text
 * 5
 * ```
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
 *     As the chat completions of OpenAI take them.
 * @param string $model The name of the model; an unknown one, and none, is estimated.
 * @return positive-int
 * @throws InvalidInput `invalid_request` when a message is malformed; `payload_too_large` when all texts
 *     together are longer.
 * @link https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb OpenAI's cookbook on counting messages
 * @limit 16 MiB of text in all messages together.
 * @polyfill Every count is an estimate.
 * @example
 * ```php
 * $messages = [
 *     ['role' => 'system', 'content' => 'You answer for a flower shop.'],
 *     ['role' => 'user', 'content' => 'Do you deliver on Sundays?'],
 * ];
 * echo Platen\count_message_tokens($messages, 'gpt-4o');
 * ```
 * ```text
 * 24
 * ```
 */
function count_message_tokens(array $messages, string $model = ''): int
{
}

/**
 * Gives the ids of a text's tokens. For a model whose vocabulary is not public they are those of `o200k_base`.
 *
 * Special tokens such as `<|endoftext|>` are ordinary text. The polyfill cannot do this and throws InternalError with
 * `extension_required`.
 *
 * @param string $text At most 16 MiB; bytes that are not UTF-8 are taken for U+FFFD.
 * @return list<non-negative-int>
 * @throws InvalidInput `payload_too_large` when the text is longer.
 * @link https://github.com/openai/tiktoken tiktoken's `encode_ordinary`
 * @limit 16 MiB of text.
 * @polyfill Throws: the vocabularies are part of the extension.
 * @example
 * ```php
 * echo implode(' ', Platen\encode('Hello, WordPress', 'gpt-4o'));
 * ```
 * ```text
 * 13225 11 10503 7572
 * ```
 */
function encode(string $text, string $model = ''): array
{
}

/**
 * Gives the bytes that token ids stand for. They need not be UTF-8: a token can be a part of a character.
 *
 * The polyfill cannot do this and throws InternalError with `extension_required`.
 *
 * @param list<non-negative-int> $tokens As encode() gives them.
 * @throws InvalidInput When an id is none of the encoding's ordinary tokens.
 * @link https://github.com/openai/tiktoken tiktoken's `decode_bytes`
 * @polyfill Throws: the vocabularies are part of the extension.
 * @example
 * ```php
 * echo Platen\decode([13225, 11, 10503, 7572], 'gpt-4o');
 * ```
 * ```text
 * Hello, WordPress
 * ```
 */
function decode(array $tokens, string $model = ''): string
{
}

/**
 * Cuts a text where a token ends, so that count_tokens() gives at most `$max` for the rest.
 *
 * @param string $text At most 16 MiB.
 * @param non-negative-int $max The most tokens that may be left.
 * @param 'end'|'start' $from Which end is cut off.
 * @throws InvalidInput `payload_too_large` when the text is longer; `invalid_request` when the number is negative or
 *     there is no such end.
 * @limit 16 MiB of text.
 * @polyfill Cuts by the estimate, so the rest is rather shorter.
 * @example
 * ```php
 * $post = 'Our roses come from Kenya, our tulips from Holland.';
 * echo Platen\truncate_tokens($post, 6, 'gpt-4o');
 * ```
 * ```text
 * Our roses come from Kenya,
 * ```
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
 * @param int<8, max> $size The most tokens of a part.
 * @param non-negative-int $overlap How many tokens of the part before a part repeats; less than half of the size.
 * @return list<non-empty-string>
 * @throws InvalidInput `payload_too_large` when the text is longer; `invalid_request` when a number is out of its range.
 * @limit 16 MiB of text.
 * @polyfill Splits by the estimate, so the parts are rather shorter.
 * @example
 * ```php
 * $page = "Roses need sun. Water them twice a week.\n\nTulips need cold. Plant them in autumn.";
 * foreach (Platen\split_tokens($page, 12, model: 'gpt-4o') as $part) {
 *     echo trim($part), "\n";
 * }
 * ```
 * ```text
 * Roses need sun. Water them twice a week.
 * Tulips need cold. Plant them in autumn.
 * ```
 */
function split_tokens(string $text, int $size, int $overlap = 0, string $model = ''): array
{
}

/**
 * Tells what is known of a model from its name. The longest known beginning of the name decides; who serves the model
 * (`openai/…`, `us.anthropic.…`), case and the mark of a fine-tuned model do not matter. A model that is not known is
 * estimated over all vocabularies, with a window of 8192 tokens and answers of 2048.
 *
 * `is_estimate` is false when counts are the model's own. An estimate weighs what `encoding` counts by the script it is
 * written in, and gives rather too much than too little; `error_percent` says by how many percent of the estimate the
 * model's own count may differ from it, up or down: 99 of 100 texts of 1 KB keep to it. docs/tokens.md tells how it was
 * calibrated. `context_tokens` is what the model takes in and gives out together, `max_output_tokens` its longest answer.
 *
 * @return array{encoding: 'o200k_base'|'o200k_harmony'|'cl100k_base'|'p50k_base'|'r50k_base', is_estimate: bool,
 *     error_percent: int<0, 100>, context_tokens: positive-int, max_output_tokens: non-negative-int}
 * @polyfill `is_estimate` is always true, and the error larger.
 * @example
 * ```php
 * $info = Platen\model_info('gpt-4o');
 * echo $info['encoding'], ' ', $info['context_tokens'], ' ', $info['max_output_tokens'];
 * ```
 * ```text
 * o200k_base 128000 16384
 * ```
 */
function model_info(string $model): array
{
}

/**
 * # History
 *
 * What of a conversation is sent again.
 */

/**
 * Drops the oldest messages until the rest costs at most `$max_tokens` less `$reserve`.
 *
 * System messages, pinned messages and the newest question always stay; a tool call and its results stay or go
 * together. The messages that stay are shared with the array that was passed in, not copied. Counts of messages are
 * remembered, so that trimming a conversation again after each turn costs little.
 *
 * Options: `keep_first` messages at the beginning stay as if they were pinned. `summary` is the text of a system
 * message that stands where the first messages were dropped, and is counted. With `truncate` the end of the newest
 * question is cut when what must stay does not fit.
 *
 * The report tells which messages stayed and which went, by their places in `$messages`; the place of the one whose end
 * was cut; the place of the summary in the new list; what the conversation cost before and costs now; the budget; and
 * whether the counts are estimates, and how good, as model_info() does.
 *
 * @param list<array{role: 'system'|'developer'|'user'|'assistant'|'tool',
 *     content?: string|null|list<array<string, mixed>>, name?: string, pinned?: bool,
 *     tool_calls?: list<array{id: string, function: array{name: string, arguments: string}, ...}>,
 *     tool_call_id?: string, ...}> $messages Oldest first. `pinned` is ours and costs nothing.
 * @param non-negative-int $max_tokens What the model takes, or what you want to pay for.
 * @param non-negative-int $reserve Kept free for the answer.
 * @param array{keep_first?: non-negative-int, summary?: string, truncate?: bool} $options As described above.
 * @return array{messages: list<array<string, mixed>>, report: array{kept: list<non-negative-int>,
 *     dropped: list<non-negative-int>, truncated: non-negative-int|null, summary_at: non-negative-int|null,
 *     tokens_before: non-negative-int, tokens_after: non-negative-int, max_tokens: non-negative-int,
 *     reserve: non-negative-int, is_estimate: bool, error_percent: int<0, 100>}}
 * @throws InvalidInput When a message is malformed, there is no such option, or what must stay does not fit.
 * @limit 16 MiB of text in all messages together.
 * @polyfill Trims by the estimate, so it rather drops more.
 * @example
 * ```php
 * $messages = [
 *     ['role' => 'system', 'content' => 'You answer for a flower shop.'],
 *     ['role' => 'user', 'content' => str_repeat('Tell me everything about roses. ', 40)],
 *     ['role' => 'assistant', 'content' => str_repeat('Roses are wonderful. ', 40)],
 *     ['role' => 'user', 'content' => 'And tulips?'],
 * ];
 * $trimmed = Platen\trim_history($messages, 200, 'gpt-4o', reserve: 100);
 * foreach ($trimmed['messages'] as $message) {
 *     echo $message['role'], ': ', $message['content'], "\n";
 * }
 * echo count($trimmed['report']['dropped']), ' dropped, ', $trimmed['report']['tokens_after'], ' tokens are left';
 * ```
 * ```text
 * system: You answer for a flower shop.
 * user: And tulips?
 * 2 dropped, 19 tokens are left
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

/**
 * # Prompts
 *
 * The name of a prompt, and what must not leave with it.
 */

/**
 * Hashes a prompt, so that its answer can be cached under it. Prompts that mean the same have the same hash: the order
 * of keys, `1` or `1.0`, and how accents are composed (Unicode form C) do not matter.
 *
 * What is hashed is a line that names the rules and the prompt as canonical JSON (RFC 8785, in UTF-8, with whole
 * integers); the line has every option that is not the default, so hashes of different rules never meet.
 *
 * @param mixed $prompt What json_encode() takes: arrays, stdClass, scalars, null. At most 64 levels.
 * @param array{version?: 1, whitespace?: 'exact'|'collapse', case?: 'exact'|'fold'} $options `collapse` takes any run of
 *     white space in a text for one space and drops it at both ends; `fold` takes upper and lower case for the same
 *     (Unicode's full case folding, of no language). Both are for texts, not for keys.
 * @return non-empty-string 64 hexadecimal digits.
 * @throws InvalidInput When the prompt has no JSON form or is nested deeper than 64 levels, or `invalid_request` for an
 *     option that does not exist.
 * @link https://www.rfc-editor.org/rfc/rfc8785 RFC 8785 (JSON Canonicalization Scheme)
 * @link https://www.unicode.org/reports/tr15/ UAX #15: text in another normalisation form is the same text
 * @limit 64 levels of nesting.
 * @example
 * ```php
 * $one = Platen\prompt_hash(['model' => 'gpt-4o', 'question' => " What is\n this?"], ['whitespace' => 'collapse']);
 * $other = Platen\prompt_hash(['question' => 'What is this?', 'model' => 'gpt-4o'], ['whitespace' => 'collapse']);
 * var_dump($one === $other);
 * ```
 * ```text
 * bool(true)
 * ```
 */
function prompt_hash(mixed $prompt, array $options = []): string
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
 * @link https://www.iso.org/standard/70484.html ISO/IEC 7812-1 (the check digit of cards)
 * @link https://www.swift.com/standards/data-standards/iban-international-bank-account-number ISO 13616 (IBAN)
 * @limit 16 MiB of text and 100000 findings. Linear time, whatever the text holds; the library in PHP is a hundred times
 *     slower over hostile text.
 * @example
 * ```php
 * $redacted = Platen\redact('Mail jane@example.com or call +1 415 555 0132.');
 * echo $redacted['text'], "\n", $redacted['map']['[EMAIL_1]'];
 * ```
 * ```text
 * Mail [EMAIL_1] or call [PHONE_1].
 * jane@example.com
 * ```
 */
function redact(#[\SensitiveParameter] string $text, array $rules = []): array
{
}

/**
 * Puts the values of a map of redact() back where their placeholders stand, in the redacted text or in an answer to it.
 *
 * @param string $text At most 32 MiB, as is the result.
 * @param array<non-empty-string, string> $map That of redact().
 * @throws InvalidInput `payload_too_large`, or `invalid_request` when a key is no numbered placeholder or a value no
 *     string.
 * @limit 32 MiB of text, and of result.
 * @example
 * ```php
 * $redacted = Platen\redact('I am jane@example.com.');
 * $answer = 'Hello [EMAIL_1], how can I help?';
 * echo Platen\restore($answer, $redacted['map']);
 * ```
 * ```text
 * Hello jane@example.com, how can I help?
 * ```
 */
function restore(#[\SensitiveParameter] string $text, #[\SensitiveParameter] array $map): string
{
}

/**
 * # Prompt cache
 *
 * Answers by the hash of their prompt, in one file that all workers of a user and the daemon share.
 *
 * Nothing here asks the daemon, and nothing fails a page: a cache that is missing, full, locked or damaged is a miss.
 */

/**
 * Looks up what was cached under a prompt's hash. Null when there is nothing, when its time is over, and when the cache
 * cannot be read. Asks no daemon: every process reads the same file (`platen.cache_path`).
 *
 * @param non-empty-string $hash As prompt_hash() gives it.
 * @throws InvalidInput When it is no such hash.
 * @example
 * ```php
 * $hash = Platen\prompt_hash(['messages' => [['role' => 'user', 'content' => 'Do you sell roses?']]]);
 * $answer = Platen\cache_get($hash);
 * if ($answer === null) {
 *     $answer = 'Yes, in five colours.'; // ask the model
 *     Platen\cache_set($hash, $answer);
 * }
 * echo Platen\cache_get($hash);
 * ```
 * ```text
 * Yes, in five colours.
 * ```
 */
function cache_get(string $hash): ?string
{
}

/**
 * Caches a value under a prompt's hash, in the place of an earlier one. False when the cache cannot be written now: it
 * is in use for more than 20 ms, read-only, or the disk is full. When the cache is full, what was stored first goes.
 *
 * The daemon reads and writes the same entries for jobs with `cache`, as JSON of the job's `result`.
 *
 * @param non-empty-string $hash As prompt_hash() gives it.
 * @param string $value Any bytes, at most 16 MiB and at most half of the cache.
 * @param positive-int $ttl_s How long it may be found, in seconds.
 * @param list<non-empty-string> $tags What cache_flush_tag() removes it by, at most 16 of 1 to 191 bytes.
 * @throws InvalidInput `payload_too_large` when the value is larger; `invalid_request` when it is no such hash, the
 *     time is not positive or a tag is empty, too long or has control characters.
 * @limit A value of 16 MiB and of half the cache; the file keeps the size it was made with (`platen.cache_max_bytes`).
 * @example
 * ```php
 * $hash = Platen\prompt_hash('Who wrote this?');
 * var_dump(Platen\cache_set($hash, 'Somebody.', ttl_s: 600, tags: ['model:gpt-4o', 'post:17']));
 * ```
 * ```text
 * bool(true)
 * ```
 */
function cache_set(string $hash, string $value, int $ttl_s = 3600, array $tags = []): bool
{
}

/**
 * Removes what was cached under a prompt's hash. True when there was something; false also when the cache cannot be
 * written now.
 *
 * @param non-empty-string $hash As prompt_hash() gives it.
 * @throws InvalidInput When it is no such hash.
 * @example
 * ```php
 * $hash = Platen\prompt_hash('What is gone?');
 * Platen\cache_set($hash, 'This.');
 * var_dump(Platen\cache_delete($hash), Platen\cache_get($hash));
 * ```
 * ```text
 * bool(true)
 * NULL
 * ```
 */
function cache_delete(string $hash): bool
{
}

/**
 * Removes everything that was cached with a tag, and tells how many entries there were. Null when the cache cannot be
 * written now: some of them may be left. Entries that are stored meanwhile may stay.
 *
 * The daemon gives its answers the tags `model:…` (the model that answered) and `site:…` besides those of the job.
 *
 * @param non-empty-string $tag 1 to 191 bytes without control characters.
 * @return non-negative-int|null
 * @throws InvalidInput When it is no such tag.
 * @example
 * ```php
 * Platen\cache_set(Platen\prompt_hash('one'), '1', tags: ['version:2']);
 * Platen\cache_set(Platen\prompt_hash('two'), '2', tags: ['version:2']);
 * var_dump(Platen\cache_flush_tag('version:2'), Platen\cache_get(Platen\prompt_hash('one')));
 * ```
 * ```text
 * int(2)
 * NULL
 * ```
 */
function cache_flush_tag(string $tag): ?int
{
}

/**
 * Tells how full the cache is and how it is used, by all processes since its file was made. Reads the whole index: for
 * a page of numbers, not for every request. Null when the cache cannot be read now.
 *
 * @return array{entries: non-negative-int, used_bytes: non-negative-int, max_bytes: positive-int,
 *     hits: non-negative-int, misses: non-negative-int, stores: non-negative-int, failed_stores: non-negative-int,
 *     evictions: non-negative-int}|null Hits and misses of other processes lag by about a second. `evictions` are
 *     entries that made room before their time was over, `failed_stores` calls of cache_set() that were false or threw
 *     `payload_too_large`.
 * @example
 * ```php
 * Platen\cache_set(Platen\prompt_hash('What is counted?'), 'Entries.');
 * $stats = Platen\cache_stats();
 * var_dump($stats['entries'] >= 1, $stats['used_bytes'] <= $stats['max_bytes']);
 * ```
 * ```text
 * bool(true)
 * bool(true)
 * ```
 */
function cache_stats(): ?array
{
}

/**
 * # Hand-off
 *
 * Jobs, and questions about them, over the daemon's Unix socket.
 *
 * A worker keeps one connection, and every call ends at its deadline, whatever the daemon does.
 * After a call that was not answered, those of the same worker fail at once for `platen.retry_after_ms`: a daemon that
 * hangs costs a page one deadline.
 * A job carries its own id, so a hand-off whose answer was lost can be sent again.
 *
 * The examples begin with this job, of the site `blog`:
 *
 * ```php
 * $id = (string) Platen\Job\JobId::generate();
 * $job = [
 *     'id' => $id,
 *     'idempotency_key' => "question-$id",
 *     'request_id' => bin2hex(random_bytes(16)),
 *     'created_at' => gmdate('Y-m-d\TH:i:s\Z'),
 *     'kind' => 'chat',
 *     'payload' => ['model' => 'default', 'messages' => [['role' => 'user', 'content' => 'Do you sell roses?']]],
 * ];
 * ```
 */

/**
 * Asks whether the daemon lives. Always tries, also right after a call that was not answered.
 *
 * @param positive-int|null $deadline_ms At most 60000; `platen.deadline_ms` when null. The same for all calls below.
 * @return array{version: string, protocol: int, pid: int, uptime_ms: int}
 * @throws DaemonUnavailable `daemon_unavailable`, `deadline_exceeded`
 * @throws RequestRefused `peer_not_allowed`, `unsupported_version`
 * @throws InvalidInput When the deadline is out of its range.
 * @example
 * ```php
 * echo 'platend ', Platen\ping()['version'];
 * ```
 * ```text
 * platend %s
 * ```
 */
function ping(?int $deadline_ms = null): array
{
}

/**
 * Asks what the daemon is, what it takes at most, which models it has and what it can do.
 *
 * @param positive-int|null $deadline_ms
 * @return array{
 *     version: string,
 *     protocol: int,
 *     pid: int,
 *     uptime_ms: int,
 *     limits: array{frame_bytes: int, job_bytes: int, batch_jobs: int, wait_ms: int, waiters: int},
 *     models: list<string>,
 *     features: list<string>
 * }
 * @throws DaemonUnavailable
 * @throws RequestRefused
 * @throws InvalidInput When the deadline is out of its range.
 * @example
 * ```php
 * echo implode(' ', Platen\daemon_info()['features']);
 * ```
 * ```text
 * accept budget push submit_many wait
 * ```
 */
function daemon_info(?int $deadline_ms = null): array
{
}

/**
 * Hands a job over. Sending it again, with the same id or idempotency key, is safe.
 *
 * `$ack` says what is waited for:
 * - `durable`: the receipt means that the job is on the disk and will end, also after a crash.
 * - `accepted`: the receipt means that the daemon has checked the job and has it in memory. It is on the disk within
 *   about a millisecond; a crash before that loses it, and `is_duplicate` is always false. For jobs that somebody
 *   would hand over again, as the plugin's outbox does with a job whose end never comes.
 * - `none`: nothing. The job is in the socket's buffer, and null is returned at once. That the daemon refuses it stands
 *   in the daemon's log. That this process may not use the socket, or that the daemon is of another release, is thrown
 *   by the next call.
 *
 * @param string $site The id of the site, as `platend site add` was told it.
 * @param array<string, mixed> $job As docs/protocol.md describes it.
 * @param positive-int|null $deadline_ms Without a meaning for `none`, which never waits.
 * @param 'durable'|'accepted'|'none' $ack
 * @return array{job_id: string, status: string, is_duplicate: bool}|null
 * @throws DaemonUnavailable `daemon_unavailable`, `deadline_exceeded`: the job may or may not have arrived.
 *     `busy` (`none` only): the daemon does not keep up; nothing was sent. `unsupported_version`: the daemon is of
 *     another release.
 * @throws RequestRefused With the code of the refusal: nothing was changed.
 * @throws InvalidInput `invalid_request` when the job has no JSON form or is nested deeper than 64 levels;
 *     `payload_too_large` when it is larger than a frame (1 MiB).
 * @limit 256 KiB of payload as JSON; 64 levels deep.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * echo $receipt['status'], $receipt['is_duplicate'] ? ' again' : '';
 * ```
 * ```text
 * queued
 * ```
 */
function submit(string $site, array $job, ?int $deadline_ms = null, string $ack = 'durable'): ?array
{
}

/**
 * Hands several jobs over in one transaction. Those with a receipt are durable; a refusal concerns one job alone.
 *
 * @param non-empty-array<array<string, mixed>> $jobs At most 256, and 1 MiB of JSON together.
 * @param positive-int|null $deadline_ms
 * @return list<array{job_id: string, status: string, is_duplicate: bool}|array{code: string, message: string}> One for
 *     each job, in their order.
 * @throws DaemonUnavailable Some jobs may have arrived: all or none.
 * @throws RequestRefused Nothing was changed.
 * @throws InvalidInput `invalid_request` when there are none or too many; `payload_too_large`
 * @example
 * ```php
 * $results = Platen\submit_many('blog', [$job, ['id' => 'not of the documented form']]);
 * echo $results[0]['status'], ', ', $results[1]['code'];
 * ```
 * ```text
 * queued, invalid_request
 * ```
 */
function submit_many(string $site, array $jobs, ?int $deadline_ms = null): array
{
}

/**
 * Asks where a job stands.
 *
 * @param string $job_id That of the receipt.
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * $snapshot = Platen\status('blog', $receipt['job_id']);
 * echo $snapshot['kind'], ' ', $snapshot['status'];
 * ```
 * ```text
 * chat %s
 * ```
 */
function status(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Waits for the end of a job. The daemon answers when it ends: nothing asks again and again.
 *
 * @param int<0, 60000> $ms How long to wait; the call may take this and the deadline together.
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md: of the job's end, or as it stands when the time is
 *     over or the daemon stops.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`; `busy` when 256 requests wait already.
 * @throws InvalidInput When `$ms` is out of its range.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * echo Platen\wait('blog', $receipt['job_id'], ms: 30_000)['status'];
 * ```
 * ```text
 * succeeded
 * ```
 */
function wait(string $site, string $job_id, int $ms, ?int $deadline_ms = null): array
{
}

/**
 * Gives results that the site was not told of yet, and acknowledges those of the last page.
 *
 * For sites that the daemon cannot call, and for times when its webhooks fail. An event has the same id whichever way
 * it comes, so that it has one effect.
 *
 * @param int<0, max> $since The `cursor` of the last page whose results are dealt with; 0 for none.
 * @param int<0, 100> $limit How many at most; 0 only acknowledges, and tells how the webhooks stand.
 * @param int<0, 60000> $wait_ms How long to wait when there is none; the call may take this and the deadline together.
 * @param positive-int|null $deadline_ms
 * @return array{results: list<array{id: string, event: array<string, mixed>}>, cursor: int, has_more: bool,
 *     webhooks: array{status: string, since: string|null, waiting: int, last_error: string|null}} An event is the body
 *     of the webhook of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `unknown_site`; `busy` when 256 requests wait already.
 * @throws InvalidInput When a number is out of its range.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * Platen\wait('blog', $receipt['job_id'], ms: 30_000);
 * $page = Platen\results('blog', limit: 1);
 * echo $page['results'][0]['event']['type'], "\n";
 * Platen\results('blog', since: $page['cursor'], limit: 0);
 * ```
 * ```text
 * job.succeeded
 * ```
 */
function results(
    string $site,
    int $since = 0,
    int $limit = 100,
    int $wait_ms = 0,
    ?int $deadline_ms = null
): array {
}

/**
 * Reads a part of an answer that was too long for a webhook.
 *
 * @param int<0, max> $offset Where the part begins, in bytes of the text: 0, or the `next_offset` of the part before.
 * @param positive-int|null $deadline_ms
 * @return array{job_id: string, text: string, offset: int, next_offset: int|null, total_bytes: int,
 *     finish_reason: string, model: string, provider: string} A part has at most 128 KiB.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found` also for a job without an answer; `invalid_request` for another offset.
 * @throws InvalidInput When the offset is out of its range.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * Platen\wait('blog', $receipt['job_id'], ms: 30_000);
 * $text = '';
 * do {
 *     $part = Platen\read_answer('blog', $receipt['job_id'], strlen($text));
 *     $text .= $part['text'];
 * } while ($part['next_offset'] !== null);
 * var_dump(strlen($text) === $part['total_bytes']);
 * ```
 * ```text
 * bool(true)
 * ```
 */
function read_answer(string $site, string $job_id, int $offset = 0, ?int $deadline_ms = null): array
{
}

/**
 * Ends a job.
 *
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`, `invalid_transition`
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * try {
 *     echo Platen\cancel('blog', $receipt['job_id'])['status'];
 * } catch (Platen\Exception\RequestRefused $late) {
 *     echo $late->errorCode; // invalid_transition: it had ended already
 * }
 * ```
 * ```text
 * %s
 * ```
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
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * try {
 *     Platen\retry('blog', '0193d2e0-0000-7000-8000-000000000000');
 * } catch (Platen\Exception\RequestRefused $no) {
 *     echo $no->errorCode;
 * }
 * ```
 * ```text
 * job_not_found
 * ```
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
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * foreach (Platen\trace('blog', $receipt['job_id'])['hops'] as $hop) {
 *     echo $hop['at'], ' ', $hop['name'], "\n";
 * }
 * ```
 * ```text
 * %a
 * ```
 */
function trace(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Takes from a rate limit that all workers share.
 *
 * Decided in memory that all processes of the host share, in about 0.1 microseconds; a key that is not there yet, or a
 * host without that memory, is asked about over the socket. Exact either way: however many workers ask at once, no more
 * than `$limit` requests come through at once, and no more than one per `$window_ms / $limit` after that.
 *
 * @param non-empty-string $key What is limited, unique within the site; at most 191 bytes.
 * @param positive-int $limit How many requests the window allows.
 * @param positive-int $window_ms How long the window is, in milliseconds.
 * @param non-negative-int $cost How many requests this one counts for; 0 only looks.
 * @param positive-int|null $deadline_ms
 * @return array{is_allowed: bool, remaining: non-negative-int, retry_after_ms: non-negative-int}
 * @throws DaemonUnavailable
 * @throws RequestRefused
 * @throws InvalidInput When a number is out of its range, or the cost is more than the limit.
 * @example
 * ```php
 * for ($request = 1; $request <= 3; ++$request) {
 *     $decision = Platen\rate_limit('blog', 'example:' . getmypid(), limit: 2, window_ms: 60_000);
 *     echo $decision['is_allowed'] ? "{$decision['remaining']} left" : 'come back later', "\n";
 * }
 * ```
 * ```text
 * 1 left
 * 0 left
 * come back later
 * ```
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

/**
 * Holds an amount of a budget before it is spent, so that many calls at once never spend more than there is.
 *
 * A key's budget is `$limit` in each calendar period (UTC). What is held counts as spent until {@see budget_settle()}
 * books the real amount, or until it expires. Durable: a restart forgets nothing.
 *
 * @param non-empty-string $key Whom the budget is for, unique within the site; at most 191 bytes.
 * @param non-negative-int $amount What to hold, at most `$limit`.
 * @param non-negative-int $limit The whole budget of a period.
 * @param 'hour'|'day'|'month' $period After which the whole budget is there again.
 * @param 'microusd'|'tokens' $unit What the amounts count: millionths of a US dollar, or tokens.
 * @param non-empty-string|null $reservation_id The same id never holds twice, so a call that was not answered may be
 *     repeated. Null makes one of 128 random bits.
 * @param positive-int $ttl_s After how many seconds the amount is free again if nobody settles it; at most 31 days.
 * @param positive-int|null $deadline_ms
 * @return array{
 *     is_allowed: bool,
 *     reservation_id: string,
 *     remaining: non-negative-int,
 *     retry_after_ms: non-negative-int,
 *     expires_at: string|null,
 *     is_duplicate: bool
 * } When not allowed, nothing is held, and `retry_after_ms` tells when there may be room.
 * @throws DaemonUnavailable
 * @throws RequestRefused `unknown_site`; `idempotency_conflict` when the id belongs to another reservation.
 * @throws InvalidInput
 * @example
 * ```php
 * $reservation = Platen\budget_reserve('blog', 'reserve:' . getmypid(), amount: 1_200, limit: 2_000);
 * echo $reservation['is_allowed'] ? 'held' : 'too much', ', ', $reservation['remaining'], ' left';
 * ```
 * ```text
 * held, 800 left
 * ```
 */
function budget_reserve(
    string $site,
    string $key,
    int $amount,
    int $limit,
    string $period = 'month',
    string $unit = 'microusd',
    ?string $reservation_id = null,
    int $ttl_s = 600,
    ?int $deadline_ms = null
): array {
}

/**
 * Books what a reservation really used, more or less than was held. Only the first time: another one changes nothing and
 * tells the amount of the first.
 *
 * @param non-empty-string $reservation_id
 * @param non-negative-int $amount
 * @param positive-int|null $deadline_ms
 * @return array{reservation_id: string, amount: non-negative-int, spent: non-negative-int, is_duplicate: bool} `spent`
 *     is what the key has spent in the period of the reservation, this included.
 * @throws DaemonUnavailable
 * @throws RequestRefused `reservation_not_found`
 * @throws InvalidInput
 * @example
 * ```php
 * $reservation = Platen\budget_reserve('blog', 'settle:' . getmypid(), amount: 1_200, limit: 2_000);
 * echo Platen\budget_settle('blog', $reservation['reservation_id'], amount: 950)['spent'];
 * ```
 * ```text
 * 950
 * ```
 */
function budget_settle(string $site, string $reservation_id, int $amount, ?int $deadline_ms = null): array
{
}

/**
 * # Introspection
 *
 * What a worker has open and has kept, for a page of status; phpinfo() shows the same.
 */

/**
 * Tells what this PHP process knows and holds, without asking the daemon.
 *
 * `limits.state` is `mapped`, `unused` before the first decision, or why the file cannot be used: `missing`,
 * `unreadable`, `foreign`, `of_earlier_boot`, `unsafe`.
 *
 * @return array{
 *     version: string,
 *     protocol: int,
 *     pid: int,
 *     connection: array{socket: string, is_open: bool, connects: int, reconnects: int},
 *     limits: array{path: string, state: string, decisions: int},
 *     cache: array{path: string},
 *     token_cache_bytes: int,
 *     default_model: string,
 *     preloaded_encodings: list<string>
 * }
 * @example
 * ```php
 * echo Platen\runtime_info()['limits']['state'];
 * ```
 * ```text
 * %s
 * ```
 */
function runtime_info(): array
{
}
