--TEST--
Without a model the text is counted like an unknown model's
--FILE--
<?php
declare(strict_types=1);

use function Platen\count_tokens;

var_dump(count_tokens('The quick brown fox') === count_tokens('The quick brown fox', ''));
var_dump(count_tokens('The quick brown fox') >= 4);
--EXPECT--
bool(true)
bool(true)
