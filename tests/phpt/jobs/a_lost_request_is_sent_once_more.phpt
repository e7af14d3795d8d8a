--TEST--
A request that was lost with the connection is sent once more
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('lose-second');
$job = ['id' => '0193d2e0-0000-7000-8000-000000000000'];
Platen\submit('main', $job, 2000);
$reply = Platen\submit('main', $job, 2000);
echo $reply['connection'], ' ', $reply['body']['job']['id'];
--EXPECT--
2 0193d2e0-0000-7000-8000-000000000000
