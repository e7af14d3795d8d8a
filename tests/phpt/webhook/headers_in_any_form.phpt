--TEST--
Header names compare without case, and WordPress's form of headers is taken
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

$signature = Platen\webhook_sign('msg_1', 1000, '{}', site_key());
foreach (
    [
        ['webhook-id' => 'msg_1', 'webhook-timestamp' => '1000', 'webhook-signature' => $signature],
        ['Webhook-Id' => 'msg_1', 'WEBHOOK-TIMESTAMP' => '1000', 'Webhook-Signature' => $signature],
        ['webhook_id' => ['msg_1'], 'webhook_timestamp' => ['1000'], 'webhook_signature' => [$signature]],
        [5 => 'x', "\xFF" => 'x', 'webhook-id' => 'msg_1', 'webhook-timestamp' => '1000', 'webhook-signature' => $signature],
    ] as $headers
) {
    echo Platen\webhook_verify('{}', $headers, site_key(), now: 1000), "\n";
}
--EXPECT--
msg_1
msg_1
msg_1
msg_1
