--TEST--
A chat request costs its messages, their overhead and the beginning of the answer
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

use function Platen\count_message_tokens;

$cookbook = [
    ['role' => 'system', 'content' => 'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.'],
    ['role' => 'system', 'name' => 'example_user', 'content' => 'New synergies will help drive top-line growth.'],
    ['role' => 'system', 'name' => 'example_assistant', 'content' => 'Things working well together will increase revenue.'],
    ['role' => 'system', 'name' => 'example_user', 'content' => "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."],
    ['role' => 'system', 'name' => 'example_assistant', 'content' => "Let's talk later when we're less busy about how to do better."],
    ['role' => 'user', 'content' => "This late pivot means we don't have time to boil the ocean for the client deliverable."],
];
echo count_message_tokens($cookbook, 'gpt-4'), ' ', count_message_tokens($cookbook, 'gpt-4o'), "\n";

$empty = count_message_tokens([['role' => 'user', 'content' => '']], 'gpt-4o');
$with = fn (array $part) => count_message_tokens([['role' => 'user', 'content' => [$part]]], 'gpt-4o') - $empty;
echo $with(['type' => 'text', 'text' => 'Hello, world!']), "\n";
echo $with(['type' => 'image_url', 'image_url' => ['url' => 'x', 'detail' => 'low']]), "\n";
echo $with(['type' => 'image_url', 'image_url' => ['url' => 'x']]), "\n";
echo $with(['type' => 'image_url', 'image_url' => ['url' => 'x'], 'width' => 2048, 'height' => 4096]), "\n";
echo outcome(fn () => $with(['type' => 'sound'])), "\n";
echo count_message_tokens([]), "\n";
--EXPECT--
129 124
4
85
765
1105
InvalidInput invalid_request: message 0 has a part of its content that is neither text nor image
3
