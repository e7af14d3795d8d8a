<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

ini_set('platen.socket', '/nonexistent/platend.sock');
$took = milliseconds(function (): void {
    echo outcome(fn () => Platen\submit('main', ['id' => 'x'])), "\n";
});
echo $took < 40 ? 'at once' : "after $took ms";
