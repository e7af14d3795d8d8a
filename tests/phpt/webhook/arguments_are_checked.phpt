--TEST--
Keys that are no keys, bad ids and negative times are refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\webhook_verify('', [], 'whsec_x')), "\n";
echo outcome(fn () => Platen\webhook_verify('', [], [site_key(), 'x'])), "\n";
echo outcome(fn () => Platen\webhook_verify('', [], site_key(), -1)), "\n";
echo outcome(fn () => Platen\webhook_sign('a.b', 1, '', site_key())), "\n";
echo outcome(fn () => Platen\webhook_sign('msg_1', -1, '', site_key())), "\n";
--EXPECT--
TypeError: Platen\webhook_verify(): Argument #3 ($keys) must be of type Platen\SigningKey|array of Platen\SigningKey, string given
TypeError: Platen\webhook_verify(): Argument #3 ($keys) must be of type Platen\SigningKey|array of Platen\SigningKey, array given
InvalidInput invalid_request: tolerance_s must not be negative
InvalidInput invalid_request: a webhook id is 1 to 255 visible ASCII characters without a dot
InvalidInput invalid_request: the timestamp of a webhook is not negative
