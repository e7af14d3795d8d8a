--TEST--
A summary stands where messages were dropped, and is counted
--FILE--
<?php
declare(strict_types=1);

$long = str_repeat('word ', 200);
$messages = [
    ['role' => 'system', 'content' => 'Be kind.'],
    ['role' => 'user', 'content' => $long],
    ['role' => 'assistant', 'content' => $long],
    ['role' => 'user', 'content' => 'Newest?'],
];
$report = Platen\trim_history($messages, 100, 'gpt-4o', options: ['summary' => 'They talked.']);
echo json_encode($report), "\n";
echo Platen\count_message_tokens($report['messages'], 'gpt-4o') - 3, "\n";
--EXPECT--
{"messages":[{"role":"system","content":"Be kind."},{"role":"system","content":"They talked."},{"role":"user","content":"Newest?"}],"kept":2,"dropped":2,"tokens_before":423,"tokens_after":20,"is_truncated":false}
20
