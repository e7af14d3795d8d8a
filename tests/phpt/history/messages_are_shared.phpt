--TEST--
The messages that stay are the caller's own, not copies
--FILE--
<?php
declare(strict_types=1);

$messages = [];
for ($i = 0; $i < 200; ++$i) {
    $messages[] = ['role' => 'user', 'content' => str_repeat(chr(65 + $i % 26), 5000), 'extra' => $i];
}
Platen\trim_history($messages, 10_000_000);
$before = memory_get_usage();
$trimmed = Platen\trim_history($messages, 10_000_000);
var_dump($trimmed['messages'] === $messages);
var_dump(memory_get_usage() - $before < 50_000);
--EXPECT--
bool(true)
bool(true)
