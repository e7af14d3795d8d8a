<?php

/**
 * Measures Redis and APCu at the work of the cache, the rate limit and the hand-off: stores.php --json REDIS_SOCKET
 *
 * Runs in a worker of PHP-FPM with 128 MB of `apc.shm_size`. Prints its figures as JSON.
 */

declare(strict_types=1);

require __DIR__ . '/rows.php';

const ENTRIES = 10_000;

$key = static fn (int $number): string => hash('sha256', "prompt $number");
$keys = array_map($key, range(0, ENTRIES - 1));
$results = [];

if (function_exists('apcu_enabled') && apcu_enabled()) {
    foreach ($keys as $number => $name) {
        apcu_store($name, answer_of_4_kb($number));
    }
    $next = 0;
    $hit = static function () use ($keys, &$next): void {
        $next = ($next + 7919) % ENTRIES;
        strlen(apcu_fetch($keys[$next])) === 4096 || throw new RuntimeException('APCu lost an entry');
    };
    $results['APCu: apcu_fetch 4 KB, in memory of this host only'] = peer('cache_get', 5000, $hit);
    $results['APCu: apcu_inc'] = peer('rate_limit', 5000, static fn () => apcu_inc('limit'));
}

$redis = new Redis();
$redis->connect($argv[2]);
foreach (array_chunk($keys, 500, true) as $some) {
    $pipe = $redis->pipeline();
    foreach ($some as $number => $name) {
        $pipe->set($name, answer_of_4_kb($number));
    }
    $pipe->exec();
}
$next = 0;
$hit = static function () use ($redis, $keys, &$next): void {
    $next = ($next + 7919) % ENTRIES;
    strlen($redis->get($keys[$next])) === 4096 || throw new RuntimeException('Redis lost an entry');
};
$results['Redis: GET 4 KB, unix socket'] = peer('cache_get', 3000, $hit);
$results['Redis: INCR, unix socket'] = peer('rate_limit', 3000, static fn () => $redis->incr('limit'));
$number = 0;
$push = static function () use ($redis, &$number): void {
    $redis->rPush('jobs', job_of_2_kb(++$number));
};
$results['Redis: RPUSH 2 KB, unix socket, kept in memory only'] = peer('submit of 2 KB, accepted', 3000, $push);

echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
