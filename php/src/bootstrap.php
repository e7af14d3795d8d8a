<?php

/**
 * Defines the functions of the extension where it is not loaded.
 */

declare(strict_types=1);

if (!extension_loaded('platen') && !function_exists('Platen\\ping')) {
    require __DIR__ . '/functions.php';
}
