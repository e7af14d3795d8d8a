--TEST--
A malformed message is refused with its place
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$trim = fn (array ...$messages) => outcome(fn () => Platen\trim_history($messages, 100));
$good = ['role' => 'user', 'content' => 'x'];
echo outcome(fn () => Platen\trim_history([$good, 'text'], 100)), "\n";
echo $trim(['content' => 'x']), "\n";
echo $trim($good, ['role' => 'wizard', 'content' => 'x']), "\n";
echo $trim(['role' => 'user', 'content' => ['x']]), "\n";
echo $trim(['role' => 'user', 'content' => "\xFF"]), "\n";
echo $trim(['role' => 'user', 'content' => 'x', 'pinned' => 1]), "\n";
echo $trim(['role' => 'assistant', 'tool_calls' => 'x']), "\n";
echo outcome(fn () => Platen\trim_history([$good], -1)), "\n";
echo outcome(fn () => Platen\trim_history([$good], 10, reserve: -1)), "\n";
--EXPECT--
InvalidInput invalid_request: message 1 is not an array
InvalidInput invalid_request: message 0 has no role of system, user, assistant or tool
InvalidInput invalid_request: message 1 has no role of system, user, assistant or tool
InvalidInput invalid_request: message 0 has a part of its content that is no array
InvalidInput invalid_request: message 0 has a content that is not UTF-8 text
InvalidInput invalid_request: message 0 has a pinned that is neither true nor false
InvalidInput invalid_request: message 0 has tool_calls that are no list
InvalidInput invalid_request: max_tokens must not be negative
InvalidInput invalid_request: reserve must not be negative
