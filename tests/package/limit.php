<?php

// Asks for the same rate limit until this process decides by itself, in the table that it shares with the daemon.

declare(strict_types=1);

$deadline = microtime(true) + 10;
do {
    Platen\rate_limit('demo', 'package-test', 1_000_000, 60_000, deadline_ms: 2000);
    $limits = Platen\runtime_info()['limits'];
} while ($limits['decisions'] === 0 && $limits['state'] === 'mapped' && microtime(true) < $deadline);

echo "{$limits['path']} is {$limits['state']}\n";
exit($limits['state'] === 'mapped' && $limits['decisions'] > 0 ? 0 : 1);
