--TEST--
An answer that does not belong to the request is an internal error
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

foreach (['other-tag', 'no-json'] as $script) {
    $daemon = new FakeDaemon($script);
    echo outcome(fn () => Platen\status('main', 'x', 2000)), "\n";
}
--EXPECT--
InternalError internal: the daemon's answer does not belong to the request
InternalError internal: the daemon's answer does not belong to the request
