--TEST--
What the daemon says about a push is thrown by the next one
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('refuse-late');
Platen\submit('main', ['id' => 'x'], ack: 'none');
for ($i = 0; $i < 200 && Platen\runtime_info()['connection']['is_open']; ++$i) {
    usleep(10_000);
}
echo outcome(fn () => Platen\submit('main', ['id' => 'x'], ack: 'none')), "\n";
--EXPECT--
RequestRefused unknown_request: frame tag 0x09 is unknown
