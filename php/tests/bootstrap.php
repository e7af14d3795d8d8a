<?php

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Platen\\Tests\\')) {
        require __DIR__ . '/' . strtr(substr($class, strlen('Platen\\Tests\\')), '\\', '/') . '.php';
    }
});

fwrite(STDERR, sprintf("Platen %s\n", extension_loaded('platen') ? 'extension ' . phpversion('platen') : 'in PHP'));
