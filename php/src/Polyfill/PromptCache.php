<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Polyfill\Cache\CacheFile;
use Platen\Polyfill\Cache\Unusable;

/**
 * The prompt cache without the extension: the same file, so that the daemon and workers with the extension share its
 * entries.
 *
 * @internal
 */
final class PromptCache
{
    private const MAX_VALUE_BYTES = 16 * 1024 * 1024;
    private const MAX_TAGS = 16;
    private const MAX_TAG_BYTES = 191;

    private static ?CacheFile $file = null;

    public static function get(string $hash): ?string
    {
        $key = self::key($hash);

        return self::using(static fn (CacheFile $file): ?string => $file->get($key, self::nowMicros()));
    }

    /** @param array<mixed> $tags */
    public static function set(string $hash, string $value, int $ttlS, array $tags): bool
    {
        $key = self::key($hash);
        if ($ttlS < 1) {
            throw Fault::invalidInput('ttl_s must be positive');
        }
        if (count($tags) > self::MAX_TAGS) {
            throw Fault::invalidInput('a cached value has at most ' . self::MAX_TAGS . ' tags');
        }
        $tags = array_map([self::class, 'tag'], array_values($tags));
        if (strlen($value) > self::MAX_VALUE_BYTES) {
            throw self::tooLarge(strlen($value), self::MAX_VALUE_BYTES);
        }
        $now = self::nowMicros();
        $isBeyondAllTimes = $ttlS > intdiv(PHP_INT_MAX - $now, 1_000_000);
        $expiresAt = $isBeyondAllTimes ? PHP_INT_MAX : $now + $ttlS * 1_000_000;
        $stored = static function (CacheFile $file) use ($key, $value, $tags, $expiresAt, $now): bool {
            if (strlen($value) > $file->maxValueBytes()) {
                throw self::tooLarge(strlen($value), $file->maxValueBytes());
            }
            $file->set($key, $value, $tags, $expiresAt, $now);

            return true;
        };

        return self::using($stored) ?? false;
    }

    public static function delete(string $hash): bool
    {
        $key = self::key($hash);

        return self::using(static fn (CacheFile $file): bool => $file->delete($key, self::nowMicros())) ?? false;
    }

    public static function flushTag(string $tag): ?int
    {
        $tag = self::tag($tag);

        return self::using(static fn (CacheFile $file): int => $file->flushTag($tag, self::nowMicros()));
    }

    /** @return array<string, int>|null */
    public static function stats(): ?array
    {
        return self::using(static fn (CacheFile $file): array => $file->stats(self::nowMicros()));
    }

    /**
     * @template T
     * @param callable(CacheFile): T $action
     * @return T|null Null when the cache cannot be used now: it is like one that has just evicted everything.
     */
    private static function using(callable $action): mixed
    {
        try {
            if (self::$file === null || !self::$file->isCurrent()) {
                self::$file = CacheFile::open(self::path(), Configuration::bytes('platen.cache_max_bytes', 1 << 26));
            }

            return $action(self::$file);
        } catch (Unusable) {
            self::$file = null;

            return null;
        }
    }

    private static function path(): string
    {
        $path = get_cfg_var('platen.cache_path');
        if (is_string($path) && str_starts_with($path, '/') && !str_ends_with($path, '/')) {
            return $path;
        }
        $user = function_exists('posix_geteuid') ? posix_geteuid() : (int) getmyuid();

        return sys_get_temp_dir() . "/platen-cache-$user/prompts.cache";
    }

    /** The 32 bytes of a hash. */
    private static function key(string $hash): string
    {
        if (preg_match('/\A[0-9a-f]{64}\z/', $hash) !== 1) {
            throw Fault::invalidInput('a prompt hash is 64 lower-case hexadecimal digits');
        }

        return (string) hex2bin($hash);
    }

    private static function tag(mixed $tag): string
    {
        $length = is_string($tag) ? strlen($tag) : 0;
        if ($length < 1 || $length > self::MAX_TAG_BYTES || preg_match('/\A\P{Cc}+\z/u', $tag) !== 1) {
            throw Fault::invalidInput(
                'a cache tag is 1 to ' . self::MAX_TAG_BYTES . ' bytes without control characters'
            );
        }

        return $tag;
    }

    private static function tooLarge(int $actual, int $limit): \Throwable
    {
        return Fault::invalidInput("the value has $actual bytes, the limit is $limit", 'payload_too_large');
    }

    private static function nowMicros(): int
    {
        return (int) (microtime(true) * 1e6);
    }
}
