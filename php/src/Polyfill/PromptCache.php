<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * The prompt cache without the extension: one file per hash in a directory of this user.
 *
 * A file begins with the Unix time at which it expires, in milliseconds, and a line feed. It is written aside and
 * renamed, so a reader sees a whole value or none.
 *
 * @internal
 */
final class PromptCache
{
    /** The longest answer kept for one job; nothing longer is worth caching. */
    private const MAX_VALUE_BYTES = 1024 * 1024;
    /** One write in this many also removes what has expired. */
    private const SWEEP_EVERY = 100;

    public static function get(string $hash): ?string
    {
        $path = self::path($hash);
        $content = is_file($path) ? @file_get_contents($path) : false;
        if ($content === false) {
            return null;
        }
        [$expiresAtMs, $value] = explode("\n", $content, 2) + [1 => ''];
        if ((int) $expiresAtMs <= self::nowMs()) {
            @unlink($path);

            return null;
        }

        return $value;
    }

    public static function set(string $hash, string $value, int $ttlS): bool
    {
        $path = self::path($hash);
        if ($ttlS < 1) {
            throw Fault::invalidInput('ttl_s must be positive');
        }
        if (strlen($value) > self::MAX_VALUE_BYTES) {
            throw Fault::invalidInput(
                sprintf('the value has %d bytes, the limit is %d', strlen($value), self::MAX_VALUE_BYTES),
                'payload_too_large'
            );
        }
        if (random_int(1, self::SWEEP_EVERY) === 1) {
            self::sweep();
        }

        return self::write($path, (self::nowMs() + $ttlS * 1000) . "\n" . $value);
    }

    private static function write(string $path, string $content): bool
    {
        $directory = dirname($path);
        if (!is_dir($directory) && !@mkdir($directory, 0700, true) && !is_dir($directory)) {
            return false;
        }
        // Another user's directory of that name could be watched or swapped: then there is no cache.
        if (is_link($directory) || fileowner($directory) !== self::userId()) {
            return false;
        }
        $aside = $path . '.' . bin2hex(random_bytes(6));
        if (@file_put_contents($aside, $content) !== strlen($content) || !@rename($aside, $path)) {
            @unlink($aside);

            return false;
        }

        return true;
    }

    private static function sweep(): void
    {
        foreach (glob(self::directory() . '/*') ?: [] as $path) {
            $head = @file_get_contents($path, false, null, 0, 20);
            if ($head !== false && (int) $head <= self::nowMs()) {
                @unlink($path);
            }
        }
    }

    private static function path(string $hash): string
    {
        if (preg_match('/\A[0-9a-f]{64}\z/', $hash) !== 1) {
            throw Fault::invalidInput('a prompt hash is 64 lower-case hexadecimal digits');
        }

        return self::directory() . '/' . $hash;
    }

    private static function directory(): string
    {
        return sys_get_temp_dir() . '/platen-cache-' . self::userId();
    }

    private static function userId(): int
    {
        return function_exists('posix_geteuid') ? posix_geteuid() : (int) getmyuid();
    }

    private static function nowMs(): int
    {
        return (int) (microtime(true) * 1000);
    }
}
