--TEST--
A pinned message stays whatever its age
--FILE--
<?php
declare(strict_types=1);

$messages = [
    ['role' => 'user', 'content' => 'remember me', 'pinned' => true],
    ['role' => 'assistant', 'content' => str_repeat('long ', 100)],
    ['role' => 'user', 'content' => 'now'],
];
echo implode(' | ', array_column(Platen\trim_history($messages, 40)['messages'], 'content'));
--EXPECT--
remember me | now
