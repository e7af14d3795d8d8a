<?php

/**
 * The functions of the extension, in PHP. What each does is documented in stubs/; the work is done in Polyfill\.
 *
 * Read only through bootstrap.php: PHP declares the functions of a file before it runs its first line, so the question
 * whether they exist already cannot be asked in here.
 */

declare(strict_types=1);

namespace Platen;

use Platen\Polyfill\History;
use Platen\Polyfill\Hmac;
use Platen\Polyfill\Jobs;
use Platen\Polyfill\Jwt;
use Platen\Polyfill\Models;
use Platen\Polyfill\Prompt;
use Platen\Polyfill\PromptCache;
use Platen\Polyfill\Redaction;
use Platen\Polyfill\TokenParts;
use Platen\Polyfill\Tokens;
use Platen\Polyfill\Webhook;
use Platen\Transport\Tag;

function count_tokens(string $text, string $model = ''): int
{
    return Tokens::count($text, $model);
}

function count_message_tokens(array $messages, string $model = ''): int
{
    return Tokens::countMessages($messages, $model);
}

function encode(string $text, string $model = ''): array
{
    return Tokens::encode();
}

function decode(array $tokens, string $model = ''): string
{
    return Tokens::decode();
}

function truncate_tokens(string $text, int $max, string $model = '', string $from = 'end'): string
{
    return TokenParts::truncate($text, $max, $model, $from);
}

function split_tokens(string $text, int $size, int $overlap = 0, string $model = ''): array
{
    return TokenParts::split($text, $size, $overlap, $model);
}

function model_info(string $model): array
{
    return Models::info($model);
}

function trim_history(
    array $messages,
    int $max_tokens,
    string $model = '',
    int $reserve = 0,
    array $options = []
): array {
    return History::trim($messages, $max_tokens, $model, $reserve, $options);
}

function hmac_sign(string $data, SigningKey $key, string $encoding = 'hex'): string
{
    return Hmac::sign($data, $key, $encoding);
}

function hmac_verify(string $data, string $signature, SigningKey $key, string $encoding = 'hex'): bool
{
    return Hmac::verify($data, $signature, $key, $encoding);
}

function jwt_encode(array $claims, SigningKey $key): string
{
    return Jwt::encode($claims, $key);
}

function jwt_decode(#[\SensitiveParameter] string $token, SigningKey|KeySet $key, array $checks = []): array
{
    return Jwt::decode($token, $key, $checks);
}

function webhook_sign(
    string $id,
    int $timestamp,
    string $body,
    SigningKey|array $keys,
    string $scheme = 'standard',
    string $method = 'POST',
    string $uri = ''
): string {
    return Webhook::sign($id, $timestamp, $body, $keys, $scheme, $method, $uri);
}

function webhook_verify(
    string $body,
    array $headers,
    SigningKey|array $keys,
    int $tolerance_s = 300,
    ?int $now = null,
    string $scheme = 'standard',
    string $method = 'POST',
    string $uri = ''
): string {
    return Webhook::verify($body, $headers, $keys, $tolerance_s, $now, $scheme, $method, $uri);
}

function prompt_hash(mixed $prompt, array $options = []): string
{
    return Prompt::hash($prompt, $options);
}

function redact(#[\SensitiveParameter] string $text, array $rules = []): array
{
    return Redaction::redact($text, $rules);
}

function restore(#[\SensitiveParameter] string $text, #[\SensitiveParameter] array $map): string
{
    return Redaction::restore($text, $map);
}

function cache_get(string $hash): ?string
{
    return PromptCache::get($hash);
}

function cache_set(string $hash, string $value, int $ttl_s = 3600, array $tags = []): bool
{
    return PromptCache::set($hash, $value, $ttl_s, $tags);
}

function cache_delete(string $hash): bool
{
    return PromptCache::delete($hash);
}

function cache_flush_tag(string $tag): ?int
{
    return PromptCache::flushTag($tag);
}

function cache_stats(): ?array
{
    return PromptCache::stats();
}

function ping(?int $deadline_ms = null): array
{
    return Jobs::ping($deadline_ms);
}

function daemon_info(?int $deadline_ms = null): array
{
    return Jobs::describe($deadline_ms);
}

function submit(string $site, array $job, ?int $deadline_ms = null, string $ack = 'durable'): ?array
{
    return Jobs::submit($site, $job, $deadline_ms, $ack);
}

function submit_many(string $site, array $jobs, ?int $deadline_ms = null): array
{
    return Jobs::submitMany($site, $jobs, $deadline_ms);
}

function status(string $site, string $job_id, ?int $deadline_ms = null): array
{
    return Jobs::about(Tag::Status, $site, $job_id, $deadline_ms);
}

function wait(string $site, string $job_id, int $ms, ?int $deadline_ms = null): array
{
    return Jobs::wait($site, $job_id, $ms, $deadline_ms);
}

function results(
    string $site,
    int $since = 0,
    int $limit = 100,
    int $wait_ms = 0,
    ?int $deadline_ms = null
): array {
    return Jobs::results($site, $since, $limit, $wait_ms, $deadline_ms);
}

function read_answer(string $site, string $job_id, int $offset = 0, ?int $deadline_ms = null): array
{
    return Jobs::readAnswer($site, $job_id, $offset, $deadline_ms);
}

function cancel(string $site, string $job_id, ?int $deadline_ms = null): array
{
    return Jobs::about(Tag::Cancel, $site, $job_id, $deadline_ms);
}

function retry(string $site, string $job_id, ?int $deadline_ms = null): array
{
    return Jobs::about(Tag::Retry, $site, $job_id, $deadline_ms);
}

function trace(string $site, string $job_id, ?int $deadline_ms = null): array
{
    return Jobs::about(Tag::Trace, $site, $job_id, $deadline_ms);
}

function rate_limit(
    string $site,
    string $key,
    int $limit,
    int $window_ms,
    int $cost = 1,
    ?int $deadline_ms = null
): array {
    return Jobs::rateLimit($site, $key, $limit, $window_ms, $cost, $deadline_ms);
}

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
    return Jobs::reserve($site, $key, $amount, $limit, $period, $unit, $reservation_id, $ttl_s, $deadline_ms);
}

function budget_settle(string $site, string $reservation_id, int $amount, ?int $deadline_ms = null): array
{
    return Jobs::settle($site, $reservation_id, $amount, $deadline_ms);
}

function runtime_info(): array
{
    return Jobs::runtime();
}
