<?php

/**
 * Counts one text in a worker of PHP-FPM that has not counted before. Prints `{ms, kib}`: the time, and the memory that
 * the worker alone has written to meanwhile.
 */

declare(strict_types=1);

$before = private_kib();
$start = hrtime(true);
Platen\count_tokens('The first text of a fresh worker.', 'gpt-4o');
$ms = (hrtime(true) - $start) / 1e6;
echo json_encode(['ms' => $ms, 'kib' => private_kib() - $before]);

function private_kib(): int
{
    preg_match('/^Private_Dirty: +(\d+)/m', (string) file_get_contents('/proc/self/smaps_rollup'), $found);

    return (int) ($found[1] ?? 0);
}
