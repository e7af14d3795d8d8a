<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

$token = Platen\jwt_encode(['exp' => 9000000000, 'x' => ['y' => [1, 2]]], site_key());
$round = function () use ($token): void {
    Platen\count_tokens('How many tokens is this?', 'gpt-4o');
    Platen\trim_history([['role' => 'user', 'content' => 'x'], ['role' => 'assistant', 'content' => 'y']], 9);
    Platen\prompt_hash(['a' => ['b' => 1.5]]);
    Platen\jwt_decode($token, site_key());
    Platen\hmac_verify('x', Platen\hmac_sign('x', site_key()), site_key());
    try {
        Platen\jwt_decode('x', site_key());
    } catch (Platen\Exception\InvalidToken) {
    }
};
$resident = fn (): int => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
for ($i = 0; $i < 2000; ++$i) {
    $round();
}
[$php, $process] = [memory_get_usage(), $resident()];
for ($i = 0; $i < 10000; ++$i) {
    $round();
}
var_dump(memory_get_usage() - $php < 1024, $resident() - $process < 1024 * 1024);
