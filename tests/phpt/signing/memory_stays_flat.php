<?php
declare(strict_types=1);

$pem = file_get_contents(__DIR__ . '/../../vectors/jwt/keys/ed25519.pem');
$secret = Platen\SigningKey::fromBytes('It\'s a Secret to Everybody');
$round = function (int $number) use ($pem, $secret): void {
    $key = Platen\SigningKey::fromPem($pem, 'key ' . $number % 40);
    $set = Platen\KeySet::fromJwks(Platen\KeySet::fromKeys([$key])->toJwks());
    $token = Platen\jwt_encode(['exp' => 9000000000, 'aud' => ['a', 'b'], 'x' => ['y' => [1.5, null, "\u{e9}\n"]]], $key);
    Platen\jwt_decode($token, $set, ['aud' => ['c', 'b']]);
    $set->find('key 0');
    $set->ids();
    Platen\webhook_verify('{}', ['X-Hub-Signature-256' => Platen\webhook_sign('', 0, '{}', $secret, 'github')], [$secret], scheme: 'github');
    foreach (
        [
            fn () => Platen\jwt_decode($token, $set),
            fn () => Platen\jwt_encode(['exp' => NAN], $key),
            fn () => Platen\jwt_decode(substr($token, 0, -4), $key),
            fn () => Platen\SigningKey::fromPem('none'),
            fn () => Platen\SigningKey::fromJwk(['kty' => 'RSA', 'n' => 'AQ', 'e' => 'AQ']),
            fn () => Platen\KeySet::fromKeys([$key, $key]),
            fn () => Platen\webhook_verify('{}', [], $secret, scheme: 'slack'),
        ] as $refused
    ) {
        try {
            $refused();
            echo "not refused\n";
        } catch (Platen\Exception\PlatenException) {
        }
    }
};
$resident = fn (): int => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
for ($number = 0; $number < 1000; ++$number) {
    $round($number);
}
[$php, $process] = [memory_get_usage(), $resident()];
for ($number = 0; $number < 4000; ++$number) {
    $round($number);
}
var_dump(memory_get_usage() - $php < 1024, $resident() - $process < 1024 * 1024);
