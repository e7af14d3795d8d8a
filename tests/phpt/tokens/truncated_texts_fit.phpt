--TEST--
A truncated text has at most the wanted tokens and keeps the wanted end
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

use function Platen\truncate_tokens;

echo truncate_tokens('one two three', 2, 'gpt-4o'), "|\n";
echo truncate_tokens('one two three', 2, 'gpt-4o', from: 'start'), "|\n";
echo truncate_tokens('one two three', 0, 'gpt-4o'), "|\n";
echo truncate_tokens('one two three', 99, 'gpt-4o'), "|\n";
echo outcome(fn () => truncate_tokens('one', -1)), "\n";
echo outcome(fn () => truncate_tokens('one', 1, from: 'middle')), "\n";
--EXPECT--
one two|
 two three|
|
one two three|
InvalidInput invalid_request: max must not be negative
InvalidInput invalid_request: from is neither end nor start
