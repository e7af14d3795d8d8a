<?php

declare(strict_types=1);

namespace Platen\Transport;

/**
 * Chooses which daemon the functions of this process speak with.
 *
 * The choice is the INI setting `platen.socket`, which the extension registers. Without the extension the setting does
 * not exist, so the choice is kept here and php.ini is read for the default.
 *
 * @internal
 */
final class Socket
{
    public const DEFAULT_PATH = '/run/platen/platend.sock';

    private static ?string $selected = null;

    /** Selects a path; null selects the configured one. */
    public static function select(?string $path): void
    {
        if (!extension_loaded('platen')) {
            self::$selected = $path;
        } elseif ($path === null) {
            ini_restore('platen.socket');
        } elseif (ini_get('platen.socket') !== $path) {
            ini_set('platen.socket', $path);
        }
    }

    /** The path the polyfill connects to. */
    public static function path(): string
    {
        $configured = self::$selected ?? get_cfg_var('platen.socket');

        return is_string($configured) && $configured !== '' ? $configured : self::DEFAULT_PATH;
    }
}
