<?php
declare(strict_types=1);

require __DIR__ . '/../support/hostile.inc';
require __DIR__ . '/../support/outcome.inc';

foreach (hostile_texts() as $name => $text) {
    $message = [['role' => 'user', 'content' => $text]];
    echo $name, ' ', outcome(fn () => Platen\count_message_tokens($message, 'gpt-4o') > 0 ? 'counted' : 'nothing'), "\n";
}
$half = str_repeat('a', 9 * 1024 * 1024);
$messages = [['role' => 'user', 'content' => $half], ['role' => 'assistant', 'content' => $half]];
echo outcome(fn () => Platen\count_message_tokens($messages, 'gpt-4o')), "\n";
echo outcome(fn () => Platen\trim_history($messages, 10, 'gpt-4o')), "\n";
