--TEST--
The reserve is kept free of messages
--FILE--
<?php
declare(strict_types=1);

$messages = [
    ['role' => 'user', 'content' => str_repeat('word ', 20)],
    ['role' => 'assistant', 'content' => 'ok'],
    ['role' => 'user', 'content' => 'hi'],
];
echo Platen\trim_history($messages, 100)['kept'], ' ', Platen\trim_history($messages, 100, reserve: 85)['kept'];
--EXPECT--
3 1
