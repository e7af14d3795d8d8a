--TEST--
A key that is not UTF-8 does no harm
--FILE--
<?php
declare(strict_types=1);

$trimmed = Platen\trim_history(["\xFF" => ['role' => 'user', 'content' => 'x', "\xFE" => 1]], 100);
echo json_encode($trimmed['report']['kept']), ' ', json_encode(array_keys($trimmed['messages']));
--EXPECT--
[0] [0]
