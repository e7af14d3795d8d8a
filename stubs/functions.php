<?php

/**
 * The functions of the extension by group, in the order of docs/functions.md.
 */

declare(strict_types=1);

require_once __DIR__ . '/functions/tokens.php';
require_once __DIR__ . '/functions/history.php';
require_once __DIR__ . '/functions/signing.php';
require_once __DIR__ . '/functions/prompts.php';
require_once __DIR__ . '/functions/cache.php';
require_once __DIR__ . '/functions/jobs.php';
require_once __DIR__ . '/functions/introspection.php';
