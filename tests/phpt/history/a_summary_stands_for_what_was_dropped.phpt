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
$trimmed = Platen\trim_history($messages, 100, 'gpt-4o', options: ['summary' => 'They talked.']);
echo json_encode($trimmed['messages']), "\n";
echo json_encode($trimmed['report']), "\n";
echo Platen\count_message_tokens($trimmed['messages'], 'gpt-4o') - 3, "\n";
--EXPECT--
[{"role":"system","content":"Be kind."},{"role":"system","content":"They talked."},{"role":"user","content":"Newest?"}]
{"kept":[0,3],"dropped":[1,2],"truncated":null,"summary_at":1,"tokens_before":423,"tokens_after":20,"max_tokens":100,"reserve":0,"is_estimate":false,"error_percent":0}
20
