<?php

/**
 * Measures Redis and APCu at the work of the rate limit and the hand-off: stores.php --json REDIS_SOCKET
 *
 * Runs in a worker of PHP-FPM and prints its figures as JSON. At the work of the cache `cache.php` measures them.
 */

declare(strict_types=1);

require __DIR__ . '/rows.php';

$results = [];
if (function_exists('apcu_enabled') && apcu_enabled()) {
    $results['APCu: apcu_inc'] = peer('rate_limit', 5000, static fn () => apcu_inc('limit'));
}

$redis = new Redis();
$redis->connect($argv[2]);
$results['Redis: INCR, unix socket'] = peer('rate_limit', 3000, static fn () => $redis->incr('limit'));
$number = 0;
$push = static function () use ($redis, &$number): void {
    $redis->rPush('jobs', job_of_2_kb(++$number));
};
$results['Redis: RPUSH 2 KB, unix socket, kept in memory only'] = peer('submit of 2 KB, accepted', 3000, $push);

echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
