--TEST--
Writing to the result leaves the caller's messages alone
--FILE--
<?php
declare(strict_types=1);

$messages = [['role' => 'user', 'content' => 'one']];
$trimmed = Platen\trim_history($messages, 100);
$trimmed['messages'][0]['content'] = 'two';
echo $messages[0]['content'];
--EXPECT--
one
