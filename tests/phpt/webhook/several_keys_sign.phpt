--TEST--
While a secret rotates, a webhook is signed with both keys where the scheme has room for it
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

$old = Platen\SigningKey::fromBytes('an old secret that is still valid');
echo Platen\webhook_sign('msg_1', 5, '{}', [site_key(), $old]), "\n";
echo Platen\webhook_sign('', 5, '{}', [site_key(), $old], 'stripe'), "\n";
foreach (['github', 'slack', 'hubspot', 'other'] as $scheme) {
    echo outcome(fn () => Platen\webhook_sign('', 5, '{}', [site_key(), $old], $scheme, uri: 'https://example.org/')), "\n";
}
echo outcome(fn () => Platen\webhook_sign('', 5, '{}', site_key(), 'hubspot')), "\n";
echo outcome(fn () => Platen\webhook_sign('msg_1', 5, '{}', [])), "\n";
--EXPECTREGEX--
v1,[A-Za-z0-9+\/]{43}= v1,[A-Za-z0-9+\/]{43}=
t=5,v1=[0-9a-f]{64},v1=[0-9a-f]{64}
InvalidInput invalid_request: a webhook is signed with one key, after standard and stripe with one or more
InvalidInput invalid_request: a webhook is signed with one key, after standard and stripe with one or more
InvalidInput invalid_request: a webhook is signed with one key, after standard and stripe with one or more
InvalidInput invalid_request: the schemes are standard, stripe, github, slack and hubspot
InvalidInput invalid_request: the scheme hubspot signs the method and the whole address of the request
InvalidInput invalid_request: a webhook is signed with one key, after standard and stripe with one or more
