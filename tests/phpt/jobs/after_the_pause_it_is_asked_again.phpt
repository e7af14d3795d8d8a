--TEST--
After the pause the daemon is asked again
--INI--
platen.retry_after_ms=200
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('silent');
echo code_of(fn () => Platen\status('main', 'x')), "\n";
echo code_of(fn () => Platen\status('main', 'x')), "\n";
usleep(250_000);
echo code_of(fn () => Platen\status('main', 'x')), "\n";
--EXPECT--
deadline_exceeded
daemon_unavailable
deadline_exceeded
