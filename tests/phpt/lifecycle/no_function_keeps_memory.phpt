--TEST--
No function keeps memory, neither of calls that succeed nor of calls that are refused
--FILE--
<?php
require __DIR__ . '/../support/fake-daemon.inc';
require __DIR__ . '/../support/rounds.inc';

error_reporting(E_ALL & ~E_DEPRECATED);
$daemon = new FakeDaemon('full');
for ($round = 0; $round < 35; ++$round) {
    round_of_calls($round);
}
[$php, $process, $calls] = [memory_get_usage(), resident_bytes(), 0];
for ($round = 0; $round < 105; ++$round) {
    $calls += round_of_calls($round);
}
var_dump($calls > 10000, memory_get_usage() - $php < 1024, resident_bytes() - $process < 512 * 1024);
--EXPECT--
bool(true)
bool(true)
bool(true)
