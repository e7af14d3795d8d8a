--TEST--
Without a given time the machine's clock counts
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

$verify = function (int $sent): mixed {
    $signature = Platen\webhook_sign('msg_1', $sent, '{}', site_key());
    $headers = ['webhook-id' => 'msg_1', 'webhook-timestamp' => (string) $sent, 'webhook-signature' => $signature];

    return outcome(fn () => Platen\webhook_verify('{}', $headers, [site_key()]));
};
echo $verify(time()), "\n", $verify(time() - 400), "\n";
--EXPECT--
msg_1
InvalidSignature timestamp_out_of_tolerance: the webhook's timestamp is more than 300 s away
