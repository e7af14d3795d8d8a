--TEST--
Bytes that are not UTF-8 are counted as replacement characters
--FILE--
<?php
declare(strict_types=1);

use function Platen\count_tokens;

var_dump(count_tokens("a\xFFb", 'gpt-4o') === count_tokens("a\u{FFFD}b", 'gpt-4o'));
--EXPECT--
bool(true)
