--TEST--
A process tells of its connection, of reconnects and of the limits
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('restart');
$before = Platen\runtime_info();
Platen\rate_limit('main', 'k', 5, 1000, 1, 2000);
Platen\ping(2000);
Platen\ping(2000);
$after = Platen\runtime_info();
echo json_encode([$before['connection']['connects'], $before['limits']['state'], $before['pid'] === getmypid()]), "\n";
echo json_encode([$after['connection']['connects'], $after['connection']['reconnects']]), "\n";
echo json_encode([$after['limits']['state'], $after['limits']['decisions']]), "\n";
echo $after['connection']['socket'] === $daemon->path ? 'the same socket' : 'another socket', "\n";
echo $after['limits']['path'] === substr($daemon->path, 0, -4) . 'limits' ? 'beside it' : 'elsewhere', "\n";
--EXPECT--
[0,"unused",true]
[3,2]
["missing",0]
the same socket
beside it
