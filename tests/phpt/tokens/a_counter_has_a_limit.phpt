--TEST--
A counter takes at most 16 MiB
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$counter = new Platen\TokenCounter();
$counter->push(str_repeat('a ', 8 * 1024 * 1024));
echo outcome(fn () => $counter->push('x')), "\n";
var_dump($counter->count() > 1000);
--EXPECT--
InvalidInput payload_too_large: the text has 16777217 bytes, the limit is 16777216
bool(true)
