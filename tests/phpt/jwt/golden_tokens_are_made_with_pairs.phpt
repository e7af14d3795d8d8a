--TEST--
The golden tokens of RSA and Ed25519 keys are made to the letter
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';

check_vectors(
    'jwt/sign.json',
    fn (array $case) => $case['token'],
    fn (array $case) => Platen\jwt_encode($case['claims'], Platen\SigningKey::fromPem($case['pem'], $case['id'])),
);
--EXPECT--
checked
