--TEST--
Without a daemon a call fails at once and says where it looked
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

ini_set('platen.socket', '/nonexistent/platend.sock');
$took = milliseconds(function (): void {
    echo outcome(fn () => Platen\submit('main', ['id' => 'x'])), "\n";
});
echo $took < 40 ? 'at once' : "after $took ms";
--EXPECT--
DaemonUnavailable daemon_unavailable: the daemon cannot be reached at /nonexistent/platend.sock: no such file or directory
at once
