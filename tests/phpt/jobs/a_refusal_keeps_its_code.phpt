--TEST--
A refusal becomes RequestRefused with the daemon's code, known here or not
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('refuse');
echo str_replace("\0", '\0', outcome(fn () => Platen\submit('main', [], 2000)));
--EXPECT--
RequestRefused code_of_tomorrow: no\0t today
