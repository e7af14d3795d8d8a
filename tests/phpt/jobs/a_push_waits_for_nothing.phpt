--TEST--
A push gives null, and the next request on the same connection gets its own answer
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('echo');
var_dump(Platen\submit('main', ['id' => 'x'], ack: 'none'));
var_dump(Platen\submit('main', ['id' => 'y'], ack: 'none'));
$reply = Platen\status('main', 'x', 2000);
echo "pushed {$reply['pushes']}, then request {$reply['request']} on connection {$reply['connection']}\n";
--EXPECT--
NULL
NULL
pushed 2, then request 3 on connection 1
