--TEST--
A budget too small for what must stay is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo code_of(fn () => Platen\trim_history([['role' => 'system', 'content' => str_repeat('rule ', 50)]], 10));
--EXPECT--
invalid_request
