--TEST--
The vector of Standard Webhooks is signed
--FILE--
<?php
declare(strict_types=1);

$key = Platen\SigningKey::fromString('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
echo Platen\webhook_sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', $key);
--EXPECT--
v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
