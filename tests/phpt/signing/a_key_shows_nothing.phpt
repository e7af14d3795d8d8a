--TEST--
A key shows nothing of itself
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

$key = site_key();
var_dump($key);
print_r($key);
var_export($key);
echo "\n", json_encode($key), "\n";
var_dump((array) $key, get_object_vars($key));
--EXPECTF--
object(Platen\SigningKey)#1 (0) {
}
Platen\SigningKey Object
(
)
%r\\?%rPlaten\SigningKey::__set_state(array(
))
{}
array(0) {
}
array(0) {
}
