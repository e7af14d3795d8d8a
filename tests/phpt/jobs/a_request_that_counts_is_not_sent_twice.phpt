--TEST--
A request that would count twice is not sent again when its answer is lost
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('lose-second');
Platen\ping(2000);
echo outcome(fn () => Platen\rate_limit('main', 'k', 5, 1000, 1, 2000)), "\n";
--EXPECT--
DaemonUnavailable daemon_unavailable: the daemon closed the connection before it answered
