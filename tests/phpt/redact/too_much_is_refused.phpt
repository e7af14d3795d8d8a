--TEST--
A text that is too long or holds too much is refused, as is a result that is too long
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\redact(str_repeat('x', 16 * 1024 * 1024 + 1))), "\n";
echo outcome(fn () => Platen\redact(str_repeat('a@b.co ', 100001))), "\n";
echo code_of(fn () => Platen\restore(str_repeat('[EMAIL_1]', 100), ['[EMAIL_1]' => str_repeat('x', 1 << 20)])), "\n";
--EXPECT--
InvalidInput payload_too_large: the text has 16777217 bytes, the limit is 16777216
InvalidInput payload_too_large: the text holds more than 100000 findings
payload_too_large
