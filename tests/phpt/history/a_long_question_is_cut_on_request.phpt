--TEST--
A question that does not fit is cut on request, and the caller's own stays whole
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$messages = [
    ['role' => 'system', 'content' => 'Be kind.'],
    ['role' => 'user', 'name' => 'ann', 'content' => str_repeat('word ', 100)],
];
$report = Platen\trim_history($messages, 40, 'gpt-4o', 10, ['truncate' => true]);
echo json_encode($report), "\n";
echo strlen($messages[1]['content']), "\n";
echo outcome(fn () => Platen\trim_history($messages, 40, 'gpt-4o', 10)), "\n";
echo outcome(fn () => Platen\trim_history($messages, 5, 'gpt-4o', 0, ['truncate' => true])), "\n";
--EXPECT--
{"messages":[{"role":"system","content":"Be kind."},{"role":"user","name":"ann","content":"word word word word word word word word word word word word word word word word word"}],"kept":2,"dropped":0,"tokens_before":114,"tokens_after":30,"is_truncated":true}
500
InvalidInput invalid_request: the messages that must stay need 114 tokens, and the budget has 30
InvalidInput invalid_request: the messages that must stay need 114 tokens, and the budget has 5
