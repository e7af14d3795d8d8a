--TEST--
A check that does not exist or is of the wrong type is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

$decode = fn (array $checks) => outcome(fn () => Platen\jwt_decode('a.b.c', site_key(), $checks));
echo $decode(['issuer' => 'main']), "\n";
echo $decode(['main']), "\n";
echo $decode(['iss' => 5]), "\n";
echo $decode(['now' => '5']), "\n";
echo $decode(['leeway_s' => -1]), "\n";
--EXPECT--
InvalidInput invalid_request: the checks are iss, aud, sub, leeway_s and now; there is no check 'issuer'
InvalidInput invalid_request: the checks are iss, aud, sub, leeway_s and now; there is no check ''
InvalidInput invalid_request: the check iss must be UTF-8 text
InvalidInput invalid_request: the check now must be an integer
InvalidInput invalid_request: leeway_s must not be negative
