--TEST--
A PEM text that was read before is not parsed again, and gives another id when asked for one
--FILE--
<?php
declare(strict_types=1);

$pem = file_get_contents(__DIR__ . '/../../vectors/jwt/keys/rsa.pem');
$ids = [];
foreach (['a', null, 'b', 'a', null] as $id) {
    $ids[] = Platen\SigningKey::fromPem($pem, $id)->id();
}
echo json_encode($ids), "\n";

// More keys than are kept.
for ($number = 0; $number < 200; ++$number) {
    $key = Platen\SigningKey::fromPem($pem, "key $number");
    $number % 50 === 0 && print($key->id() . "\n");
}
$first = Platen\SigningKey::fromPem($pem, 'a');
$claims = ['exp' => time() + 60];
var_dump(Platen\jwt_decode(Platen\jwt_encode($claims, $first), $first) === $claims);
--EXPECT--
["a",null,"b","a",null]
key 0
key 50
key 100
key 150
bool(true)
