--TEST--
Claims of every JSON type survive
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

$claims = [
    'exp' => 9000000000,
    'text' => "Grüße\0",
    'int' => PHP_INT_MIN,
    'float' => 0.1,
    'bool' => false,
    'null' => null,
    'list' => [1, ['x']],
    'map' => ['a' => ['b' => 1]],
    'empty' => [],
];
$decoded = Platen\jwt_decode(Platen\jwt_encode($claims, site_key()), site_key());
ksort($decoded);
ksort($claims);
var_dump($decoded === $claims);
--EXPECT--
bool(true)
