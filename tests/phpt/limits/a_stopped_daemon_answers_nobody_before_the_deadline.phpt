--TEST--
A stopped daemon costs one deadline, and a killed one nothing
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
ini_set('platen.retry_after_ms', '0');
Platen\ping(5000);
$daemon->pause();
$took = milliseconds(function (): void {
    echo outcome(fn () => Platen\submit('main', ['id' => 'x'], 100)), "\n";
});
echo $took >= 99.9 && $took < 500 ? 'the deadline' : "$took ms", "\n";
$daemon->kill();
echo code_of(fn () => Platen\submit('main', ['id' => 'x'], 5000)), "\n";
echo code_of(fn () => Platen\submit('main', ['id' => 'x'], 5000, 'none')), "\n";
--EXPECT--
DaemonUnavailable deadline_exceeded: the daemon did not answer within 100 ms
the deadline
daemon_unavailable
daemon_unavailable
