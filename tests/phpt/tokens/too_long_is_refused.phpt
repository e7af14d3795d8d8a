--TEST--
A text over 16 MiB is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\count_tokens(str_repeat('x', 16 * 1024 * 1024 + 1)));
--EXPECT--
InvalidInput payload_too_large: the text has 16777217 bytes, the limit is 16777216
