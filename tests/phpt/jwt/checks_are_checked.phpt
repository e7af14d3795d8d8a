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
echo $decode(['max_age_s' => -1]), "\n";
echo $decode(['aud' => []]), "\n";
echo $decode(['aud' => ['a', 5]]), "\n";
echo $decode(['aud' => ['x' => 'a']]), "\n";
echo $decode(['jti' => false]), "\n";
--EXPECT--
InvalidInput invalid_request: the checks are iss, aud, sub, jti, max_age_s, leeway_s and now; there is no check 'issuer'
InvalidInput invalid_request: the checks are iss, aud, sub, jti, max_age_s, leeway_s and now; there is no check ''
InvalidInput invalid_request: the check iss must be UTF-8 text
InvalidInput invalid_request: the check now must be an integer
InvalidInput invalid_request: leeway_s must not be negative
InvalidInput invalid_request: max_age_s must not be negative
InvalidInput invalid_request: the check aud must be UTF-8 text or a list of it
InvalidInput invalid_request: the check aud must be UTF-8 text or a list of it
InvalidInput invalid_request: the check aud must be UTF-8 text or a list of it
InvalidInput invalid_request: the check jti must be UTF-8 text
