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
$trimmed = Platen\trim_history($messages, 40, 'gpt-4o', 10, ['truncate' => true]);
echo json_encode($trimmed['messages']), "\n";
echo json_encode($trimmed['report']), "\n";
echo strlen($messages[1]['content']), "\n";
echo outcome(fn () => Platen\trim_history($messages, 40, 'gpt-4o', 10)), "\n";
echo outcome(fn () => Platen\trim_history($messages, 5, 'gpt-4o', 0, ['truncate' => true])), "\n";
--EXPECT--
[{"role":"system","content":"Be kind."},{"role":"user","name":"ann","content":"word word word word word word word word word word word word word word word word word"}]
{"kept":[0,1],"dropped":[],"truncated":1,"summary_at":null,"tokens_before":114,"tokens_after":30,"max_tokens":40,"reserve":10,"is_estimate":false,"error_percent":0}
500
InvalidInput invalid_request: the messages that must stay need 114 tokens, and the budget has 30
InvalidInput invalid_request: the messages that must stay need 114 tokens, and the budget has 5
