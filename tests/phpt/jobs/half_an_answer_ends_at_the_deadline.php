<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('half');
$took = milliseconds(function (): void {
    echo outcome(fn () => Platen\status('main', 'x', 60)), "\n";
});
echo $took >= 59 && $took < 400 ? 'one deadline' : "after $took ms";
