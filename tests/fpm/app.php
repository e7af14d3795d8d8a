<?php

/** What every request of this test does: a little of all groups of functions, in a worker that lives for many. */

declare(strict_types=1);

use Platen\Exception\DaemonUnavailable;
use Platen\Exception\RequestRefused;
use Platen\SigningKey;

$pem = (string) file_get_contents(__DIR__ . '/../vectors/jwt/keys/ed25519.pem');
$key = SigningKey::fromPem($pem, 'a');
$number = bin2hex(random_bytes(8));
$claims = Platen\jwt_decode(Platen\jwt_encode(['exp' => time() + 60, 'n' => $number], $key), $key);
$hash = Platen\prompt_hash(['n' => $number]);
$faults = array_keys(array_filter([
    'jwt' => $claims['n'] !== $number,
    'tokens' => Platen\count_tokens('Hello, world', 'gpt-4o') !== 3,
    'cache' => Platen\cache_set($hash, $number) && Platen\cache_get($hash) !== $number,
    'history' => Platen\trim_history([['role' => 'user', 'content' => $number]], 1000)['report']['kept'] !== [0],
    'jit' => opcache_get_status(false)['jit']['on'] !== true,
    // What the preloaded script left: a class, and nothing of its objects.
    'preload' => !Preloaded::isLinked() || Preloaded::$key !== null,
]));

try {
    $receipt = Platen\submit('life', [
        'id' => '0193d2e0-0000-7000-8000-' . substr($number, 0, 12),
        'idempotency_key' => $number,
        'request_id' => $number,
        'created_at' => gmdate('Y-m-d\TH:i:s.000000\Z'),
        'subject' => 'user:1',
        'kind' => 'chat',
        'payload' => ['model' => 'default', 'messages' => [['role' => 'user', 'content' => 'Why?']]],
    ]);
    $daemon = 'ok';
} catch (DaemonUnavailable | RequestRefused $exception) {
    $daemon = $exception->errorCode;
}

header('Content-Type: application/json');
echo json_encode([
    'pid' => getmypid(),
    'faults' => $faults,
    'daemon' => $daemon,
    'job_id' => $receipt['job_id'] ?? null,
    'descriptors' => count((array) scandir('/proc/self/fd')),
], JSON_THROW_ON_ERROR);
