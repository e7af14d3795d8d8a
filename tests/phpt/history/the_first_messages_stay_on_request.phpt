--TEST--
The first messages stay on request
--FILE--
<?php
declare(strict_types=1);

$long = str_repeat('word ', 200);
$messages = [
    ['role' => 'user', 'content' => 'First?'],
    ['role' => 'assistant', 'content' => 'Yes.'],
    ['role' => 'user', 'content' => $long],
    ['role' => 'user', 'content' => 'Newest?'],
];
$report = Platen\trim_history($messages, 100, 'gpt-4o', options: ['keep_first' => 2]);
echo implode(' ', array_column($report['messages'], 'content')), "\n";
--EXPECT--
First? Yes. Newest?
