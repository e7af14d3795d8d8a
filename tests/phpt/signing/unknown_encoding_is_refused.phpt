--TEST--
An unknown encoding is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\hmac_sign('data', site_key(), 'HEX')), "\n";
echo outcome(fn () => Platen\hmac_verify('data', 'x', site_key(), encoding: '')), "\n";
--EXPECT--
InvalidInput invalid_request: the encoding of a signature is one of hex, base64, base64url, sha256=
InvalidInput invalid_request: the encoding of a signature is one of hex, base64, base64url, sha256=
