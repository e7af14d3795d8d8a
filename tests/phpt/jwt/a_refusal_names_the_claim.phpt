--TEST--
A refused token names the claim that did not hold
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

$token = Platen\jwt_encode(['exp' => 100, 'aud' => ['a', 'b'], 'iat' => 10], site_key());
foreach (
    [
        ['now' => 50],
        ['now' => 50, 'aud' => ['c', 'd']],
        ['now' => 50, 'aud' => 'b', 'iss' => 'x'],
        ['now' => 50, 'aud' => 'b', 'jti' => true],
        ['now' => 50, 'aud' => 'b', 'max_age_s' => 39],
        ['now' => 100],
        ['now' => 9],
    ] as $checks
) {
    try {
        Platen\jwt_decode($token, site_key(), $checks);
    } catch (Platen\Exception\InvalidToken $exception) {
        echo "$exception->claim $exception->errorCode: {$exception->getMessage()}\n";
    }
}
var_dump((new Platen\Exception\InvalidToken('x'))->claim);
--EXPECT--
aud invalid_token: the token's claim aud is not the expected one
aud invalid_token: the token's claim aud is not the expected one
iss invalid_token: the token has no claim iss
jti invalid_token: the token has no claim jti
iat token_expired: the token was issued too long ago
exp token_expired: the token has expired
iat token_not_yet_valid: the token's claim iat lies in the future
string(0) ""
