<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * The `platen.*` settings of php.ini, which PHP keeps even when no extension has registered them.
 *
 * @internal
 */
final class Configuration
{
    public static function text(string $name, string $default): string
    {
        $value = get_cfg_var($name);

        return is_string($value) ? $value : $default;
    }

    public static function bytes(string $name, int $default): int
    {
        $value = get_cfg_var($name);

        return is_string($value) && preg_match('/\A[0-9]{1,13}\z/', $value) === 1 ? (int) $value : $default;
    }

    public static function milliseconds(string $name, int $default): int
    {
        $value = get_cfg_var($name);

        return is_string($value) && preg_match('/\A[0-9]{1,5}\z/', $value) === 1 ? (int) $value : $default;
    }
}
