<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('silent');
$first = milliseconds(function (): void {
    echo outcome(fn () => Platen\submit('main', ['id' => 'x'])), "\n";
});
$next = milliseconds(function (): void {
    for ($i = 0; $i < 20; ++$i) {
        echo $i === 0 ? preg_replace('/\d+ ms/', 'N ms', outcome(fn () => Platen\status('main', 'x'))) . "\n" : '';
        code_of(fn () => Platen\status('main', 'x'));
    }
});
echo $first >= 49 && $first < 400 ? 'one deadline' : "the first took $first ms", "\n";
echo $next < 49 ? 'then at once' : "the next took $next ms", "\n";
