<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * Whether the place of the cache can be trusted, and how its file is made and made anew.
 *
 * @internal
 */
final class Place
{
    /**
     * Makes the directory, if only the last part of its path is missing, and refuses one that any user can change.
     *
     * @throws Unusable
     */
    public static function ensureDirectory(string $directory): void
    {
        if (@mkdir($directory, 0700)) {
            return;
        }
        $directory = realpath($directory);
        $mode = $directory === false ? false : @fileperms($directory);
        $above = $directory === false ? false : @fileperms(dirname($directory));
        if ($mode === false || $above === false) {
            throw new Unusable('there is no directory for the cache');
        }
        $isOurs = in_array(@fileowner($directory), [self::user(), 0], true);
        if (($mode & 0002) !== 0 || (($above & 0002) !== 0 && !$isOurs)) {
            throw new Unusable('the directory of the cache can be changed by any user');
        }
    }

    /** Makes a file, unless there is one by now. It takes its name only when it is complete. */
    public static function create(string $path, string $head, int $length): void
    {
        $draft = $path . '.' . getmypid() . '.new';
        @unlink($draft);
        $file = @fopen($draft, 'x+b');
        if ($file === false) {
            throw new Unusable('the cache file cannot be made');
        }
        $isMade = @chmod($draft, 0660) && fwrite($file, $head) === strlen($head) && ftruncate($file, $length);
        fclose($file);
        // It is there already when another process was faster.
        $isLinked = $isMade && (@link($draft, $path) || file_exists($path));
        @unlink($draft);
        if (!$isLinked) {
            throw new Unusable('the cache file cannot be made');
        }
    }

    private static function user(): int
    {
        return function_exists('posix_geteuid') ? posix_geteuid() : (int) getmyuid();
    }
}
