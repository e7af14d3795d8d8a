--TEST--
Calls share one connection
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('echo');
for ($i = 0; $i < 3; ++$i) {
    $reply = Platen\ping(2000);
    echo $reply['connection'], ' ', $reply['request'], "\n";
}
--EXPECT--
1 1
1 2
1 3
