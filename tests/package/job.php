<?php

// Hands a job to the daemon and waits for the answer, as the web server's user does.

declare(strict_types=1);

$id = '0193d2e0-0000-7000-8000-000000000001';
$receipt = Platen\submit('demo', [
    'id' => $id,
    'idempotency_key' => 'package-test',
    'request_id' => 'package-test',
    'subject' => 'user:1',
    'created_at' => gmdate('Y-m-d\TH:i:s.000000\Z'),
    'kind' => 'chat',
    'payload' => ['model' => 'default', 'messages' => [['role' => 'user', 'content' => 'Hello?']]],
], deadline_ms: 2000);
echo "job {$receipt['job_id']} is {$receipt['status']}\n";

$deadline = microtime(true) + 20;
do {
    usleep(50_000);
    $job = Platen\status('demo', $id, deadline_ms: 2000);
} while (in_array($job['status'], ['queued', 'running'], true) && microtime(true) < $deadline);

echo "it is {$job['status']}: ", json_encode($job['result']['text'] ?? null), "\n";
exit($job['status'] === 'succeeded' && $job['result']['text'] !== '' ? 0 : 1);
