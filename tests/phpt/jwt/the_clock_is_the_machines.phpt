--TEST--
Without a given time the machine's clock counts
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';
require __DIR__ . '/../support/outcome.inc';

use function Platen\jwt_decode;
use function Platen\jwt_encode;

$claims = fn (int $exp) => jwt_encode(['exp' => $exp, 'iat' => time()], site_key());
echo jwt_decode($claims(time() + 60), site_key())['exp'] > time() ? "accepted\n" : '';
echo outcome(fn () => jwt_decode($claims(time() - 1), site_key())), "\n";
echo jwt_decode($claims(time() - 1), site_key(), ['leeway_s' => 30])['exp'] < time() ? "accepted with leeway\n" : '';
--EXPECT--
accepted
InvalidToken token_expired: the token has expired
accepted with leeway
