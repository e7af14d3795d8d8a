--TEST--
A header with two values is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

$signature = Platen\webhook_sign('msg_1', 1000, '{}', site_key());
$headers = ['webhook-id' => ['msg_1', 'msg_2'], 'webhook-timestamp' => '1000', 'webhook-signature' => $signature];
echo outcome(fn () => Platen\webhook_verify('{}', $headers, site_key(), now: 1000));
--EXPECT--
InvalidSignature invalid_signature: the header webhook-id is missing or malformed
