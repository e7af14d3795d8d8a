--TEST--
Claims without a JSON form are refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

$encode = fn (array $claims) => outcome(fn () => Platen\jwt_encode($claims, site_key()));
$loop = [];
$loop['self'] = &$loop;
echo $encode(['x' => INF]), "\n";
echo $encode(['x' => "\xFF"]), "\n";
echo $encode(["\xFF" => 1]), "\n";
echo $encode(['x' => new ArrayObject()]), "\n";
echo $encode(['x' => STDERR]), "\n";
echo $encode($loop), "\n";
--EXPECT--
InvalidInput invalid_request: the claim set holds a number that is not finite
InvalidInput invalid_request: the claim set holds text that is not UTF-8
InvalidInput invalid_request: the claim set holds a key that is not UTF-8
InvalidInput invalid_request: the claim set holds an object of class ArrayObject, which has no JSON form here
InvalidInput invalid_request: the claim set holds a value that has no JSON form
InvalidInput invalid_request: the claim set is nested deeper than 64 levels
