--TEST--
Only a key or a set of keys checks tokens, and only private keys sign
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$pem = file_get_contents(__DIR__ . '/../../vectors/jwt/keys/ec.pem');
$private = Platen\SigningKey::fromPem($pem);
$public = Platen\SigningKey::fromJwk($private->toJwk());
foreach (
    [
        fn () => Platen\jwt_decode('x', $pem),
        fn () => Platen\jwt_decode('x', [$private]),
        fn () => Platen\jwt_encode([], Platen\KeySet::fromKeys([Platen\SigningKey::fromPem($pem, 'a')])),
        fn () => Platen\KeySet::fromKeys([$pem]),
        fn () => Platen\jwt_encode(['exp' => 1], $public),
        fn () => Platen\hmac_sign('x', $private),
        fn () => Platen\webhook_verify('', [], [$public]),
        fn () => Platen\SigningKey::fromString(str_repeat('x', 32))->toJwk(),
    ] as $call
) {
    echo outcome($call), "\n";
}
--EXPECT--
TypeError: Platen\jwt_decode(): Argument #2 ($key) must be of type Platen\SigningKey|Platen\KeySet, string given
TypeError: Platen\jwt_decode(): Argument #2 ($key) must be of type Platen\SigningKey|Platen\KeySet, array given
TypeError: Platen\jwt_encode(): Argument #2 ($key) must be of type Platen\SigningKey, Platen\KeySet given
TypeError: Platen\KeySet::fromKeys(): Argument #1 ($keys) must be of type array of Platen\SigningKey, array given
InvalidKey invalid_key: a token is signed with a private key; this one is public
InvalidKey invalid_key: an HMAC needs a shared secret; this key has two halves
InvalidKey invalid_key: an HMAC needs a shared secret; this key has two halves
InvalidKey invalid_key: a shared secret has no public half
