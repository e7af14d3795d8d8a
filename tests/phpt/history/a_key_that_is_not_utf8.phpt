--TEST--
A key that is not UTF-8 does no harm
--FILE--
<?php
declare(strict_types=1);

$trimmed = Platen\trim_history(["\xFF" => ['role' => 'user', 'content' => 'x', "\xFE" => 1]], 100);
var_dump($trimmed['kept'], array_keys($trimmed['messages']));
--EXPECT--
int(1)
array(1) {
  [0]=>
  int(0)
}
