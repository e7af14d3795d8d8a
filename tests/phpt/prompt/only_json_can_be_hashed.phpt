--TEST--
A prompt without a JSON form is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\prompt_hash(NAN)), "\n";
echo outcome(fn () => Platen\prompt_hash("\xFF")), "\n";
echo outcome(fn () => Platen\prompt_hash(fn () => 1)), "\n";
--EXPECT--
InvalidInput invalid_request: the prompt holds a number that is not finite
InvalidInput invalid_request: the prompt holds text that is not UTF-8
InvalidInput invalid_request: the prompt holds an object of class Closure, which has no JSON form here
