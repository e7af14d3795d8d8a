--TEST--
Arguments can be given by name, and defaults in between be left out
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

var_dump(Platen\hmac_verify(key: site_key(), signature: Platen\hmac_sign(key: site_key(), data: 'd'), data: 'd'));
var_dump(Platen\webhook_sign(body: '{}', keys: site_key(), timestamp: 5, id: 'msg_1') !== '');
var_dump(Platen\trim_history(messages: [], max_tokens: 10, reserve: 1)['report']['tokens_after']);
--EXPECT--
bool(true)
bool(true)
int(0)
