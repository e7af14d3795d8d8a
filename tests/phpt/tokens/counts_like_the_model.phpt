--TEST--
A text has as many tokens as its model counts
--FILE--
<?php
declare(strict_types=1);

use function Platen\count_tokens;

echo count_tokens('Hello, world!', 'gpt-4o'), "\n";
echo count_tokens(text: 'Hello, world!', model: 'gpt-4'), "\n";
echo count_tokens(''), "\n";
echo count_tokens(str_repeat(' ', 100000), 'gpt-4o') > 0 ? "long runs pass\n" : '';
--EXPECT--
4
4
0
long runs pass
