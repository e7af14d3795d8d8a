<?php

/**
 * Defines the functions of the extension where it is not loaded. One guarded line each; the work is in Polyfill\.
 */

declare(strict_types=1);

if (extension_loaded('platen')) {
    return;
}

require_once __DIR__ . '/functions.php';
