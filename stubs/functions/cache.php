<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;

/**
 * # Prompt cache
 *
 * Answers by the hash of their prompt, in one file that all workers of a user and the daemon share.
 *
 * Nothing here asks the daemon, and nothing fails a page: a cache that is missing, full, locked or damaged is a miss.
 */

/**
 * Looks up what was cached under a prompt's hash. Null when there is nothing, when its time is over, when the cache
 * cannot be read, and when `memory_limit` has no room for the value. Asks no daemon: every process reads the same file
 * (`platen.cache_path`).
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
