--TEST--
After a restart of the daemon the next call connects anew
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('restart');
for ($i = 0; $i < 3; ++$i) {
    echo Platen\status('main', 'x', 2000)['connection'], "\n";
}
--EXPECT--
1
2
3
