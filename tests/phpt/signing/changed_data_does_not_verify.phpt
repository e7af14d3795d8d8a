--TEST--
Changed data, a changed signature or another key do not verify
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

use function Platen\hmac_sign;
use function Platen\hmac_verify;

$signature = hmac_sign('data', site_key());
var_dump(hmac_verify('data', $signature, site_key()));
var_dump(hmac_verify('Data', $signature, site_key()));
var_dump(hmac_verify('data', strtoupper($signature), site_key()));
var_dump(hmac_verify('data', $signature, site_key(), 'base64'));
var_dump(hmac_verify('data', $signature, Platen\SigningKey::fromString(str_repeat('k', 32))));
var_dump(hmac_verify('data', '', site_key()));
--EXPECT--
bool(true)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
