--TEST--
A caller with strict_types gets TypeErrors like those of PHP's own functions
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\count_tokens(5)), "\n";
echo outcome(fn () => Platen\count_tokens('x', null)), "\n";
echo outcome(fn () => Platen\trim_history([], '100')), "\n";
echo outcome(fn () => Platen\trim_history('x', 100)), "\n";
echo outcome(fn () => Platen\ping(1.5)), "\n";
echo outcome(fn () => Platen\hmac_sign('data', new stdClass())), "\n";
echo outcome(fn () => Platen\SigningKey::fromString(null)), "\n";
echo outcome(fn () => Platen\count_tokens()), "\n";
--EXPECT--
TypeError: Platen\count_tokens(): Argument #1 ($text) must be of type string, int given
TypeError: Argument `$model` must not be null
TypeError: Platen\trim_history(): Argument #2 ($max_tokens) must be of type int, string given
TypeError: Platen\trim_history(): Argument #1 ($messages) must be of type array, string given
TypeError: Platen\ping(): Argument #1 ($deadline_ms) must be of type ?int, float given
TypeError: Platen\hmac_sign(): Argument #2 ($key) must be of type Platen\SigningKey, stdClass given
TypeError: Platen\SigningKey::fromString(): Argument #1 ($secret) must be of type string, null given
ArgumentCountError: Platen\count_tokens() expects at least 1 argument, 0 given
