<?php

/**
 * Makes so many calls of all functions of the extension: php rounds.php CALLS
 *
 * Ends with 1 when the process holds more memory at the end than after a tenth of the calls.
 */

require __DIR__ . '/../phpt/support/fake-daemon.inc';
require __DIR__ . '/../phpt/support/rounds.inc';

/** What the allocators may round up. */
const TOLERANCE_BYTES = 256 << 10;

error_reporting(E_ALL & ~E_DEPRECATED);
$wanted = (int) ($argv[1] ?? 10000);
$daemon = new FakeDaemon('full');
$warm = null;
for ($round = $calls = 0; $calls < $wanted; ++$round) {
    $calls += round_of_calls($round);
    if ($warm === null && $calls >= intdiv($wanted, 10)) {
        $warm = resident_bytes();
    }
}
$grown = resident_bytes() - $warm;
printf("leaks: %d calls, %d KiB after a tenth of them, %+d KiB at the end\n", $calls, $warm >> 10, $grown >> 10);
// Under valgrind, whose own tables are part of the process, the size says nothing.
exit($grown > TOLERANCE_BYTES && !getenv('PLATEN_SIZE_SAYS_NOTHING') ? 1 : 0);
