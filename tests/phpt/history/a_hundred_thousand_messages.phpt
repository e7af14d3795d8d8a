--TEST--
A hundred thousand messages are counted and trimmed
--INI--
memory_limit=1G
--FILE--
<?php
declare(strict_types=1);


$messages = [];
for ($place = 0; $place < 100_000; ++$place) {
    $messages[] = ['role' => $place % 2 === 0 ? 'user' : 'assistant', 'content' => "Message $place"];
}
$trimmed = Platen\trim_history($messages, 1000, 'gpt-4o');
$report = $trimmed['report'];
var_dump(count($trimmed['messages']) === count($report['kept']));
var_dump(count($report['kept']) + count($report['dropped']) === 100_000);
var_dump(Platen\count_message_tokens($messages, 'gpt-4o') === $report['tokens_before'] + 3);
var_dump($report['tokens_after'] <= 1000);
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
