--TEST--
An answer that has not one result for each job is not taken
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('echo');
echo outcome(fn () => Platen\submit_many('main', [[]], 2000)), "\n";
--EXPECT--
InternalError internal: the daemon's answer does not belong to the request
