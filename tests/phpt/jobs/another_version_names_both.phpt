--TEST--
A daemon of another release is named with both versions
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('version-9');
echo outcome(fn () => Platen\ping(2000)), "\n";
echo outcome(fn () => Platen\submit('main', [], 2000)), "\n";
--EXPECT--
DaemonUnavailable unsupported_version: the daemon speaks version 9 of the socket protocol, this side version 1
DaemonUnavailable unsupported_version: the daemon speaks version 9 of the socket protocol, this side version 1
