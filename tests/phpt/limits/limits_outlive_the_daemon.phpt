--TEST--
A killed daemon leaves its limits, workers go on deciding, and its successor knows them
--EXTENSIONS--
pcntl
posix
--SKIPIF--
<?php
require __DIR__ . '/../support/daemon.inc';
if (Daemon::binary() === null) {
    echo 'skip the daemon is not built';
}
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/daemon.inc';

$daemon = new Daemon();
$take = static fn (string $key = 'user:1') => Platen\rate_limit('main', $key, 3, 86_400_000, 1, 5000);
echo $take()['remaining'], $take()['remaining'], "\n";
$daemon->kill();
echo $take()['remaining'], ' ', json_encode($take()['is_allowed']), "\n";
echo outcome(static fn () => $take('user:2')['remaining']) === 2 ? 'decided' : 'a new key needs the daemon', "\n";
$daemon->start();
Platen\ping(5000);
echo json_encode($take()['is_allowed']), ' ', $take('user:2')['remaining'], "\n";
--EXPECT--
21
0 false
a new key needs the daemon
false 2
