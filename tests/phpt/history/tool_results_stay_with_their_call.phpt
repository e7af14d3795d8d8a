--TEST--
A tool call and its result stay or go together
--FILE--
<?php
declare(strict_types=1);

$call = ['id' => 'call_1', 'type' => 'function', 'function' => ['name' => 'find', 'arguments' => '{"q":"x"}']];
$messages = [
    ['role' => 'user', 'content' => 'look it up'],
    ['role' => 'assistant', 'content' => null, 'tool_calls' => [$call]],
    ['role' => 'tool', 'content' => 'found', 'tool_call_id' => 'call_1'],
    ['role' => 'tool', 'content' => 'orphan', 'tool_call_id' => 'call_9'],
    ['role' => 'user', 'content' => 'thanks'],
];
foreach (Platen\trim_history($messages, 1000)['messages'] as $message) {
    echo $message['role'], ' ', $message['content'] ?? '-', "\n";
}
--EXPECT--
user look it up
assistant -
tool found
user thanks
