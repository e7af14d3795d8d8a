<?php

/**
 * Loads the library where there is no Composer: a PSR-4 autoloader for `Platen\`, then the functions.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (!str_starts_with($class, 'Platen\\')) {
        return;
    }
    $file = __DIR__ . '/src/' . strtr(substr($class, strlen('Platen\\')), '\\', '/') . '.php';
    if (is_file($file)) {
        require $file;
    }
});

require_once __DIR__ . '/src/bootstrap.php';
