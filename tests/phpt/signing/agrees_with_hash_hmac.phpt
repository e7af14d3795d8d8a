--TEST--
The signature is that of hash_hmac
--FILE--
<?php
declare(strict_types=1);

$secret = random_bytes(40);
$data = random_bytes(3000);
var_dump(Platen\hmac_sign($data, Platen\SigningKey::fromString($secret)) === hash_hmac('sha256', $data, $secret));
--EXPECT--
bool(true)
