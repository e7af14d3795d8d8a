--TEST--
An id that the encoding does not have is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\decode([13225, 200000], 'gpt-4o')), "\n";
echo outcome(fn () => Platen\decode([50256], 'text-davinci-003')), "\n";
echo outcome(fn () => Platen\decode([50257], 'davinci')), "\n";
echo outcome(fn () => Platen\decode([1, -1])), "\n";
echo outcome(fn () => Platen\decode([1, 'a'])), "\n";
--EXPECT--
InvalidInput invalid_request: o200k_base has no token 200000
InvalidInput invalid_request: p50k_base has no token 50256
InvalidInput invalid_request: r50k_base has no token 50257
InvalidInput invalid_request: token 1 is not an id
InvalidInput invalid_request: token 1 is not an id
