--TEST--
Each function sends the body that docs/protocol.md describes
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('echo');
$id = '0193d2e0-0000-7000-8000-000000000000';
$job = ['id' => $id, 'kind' => 'chat', 'payload' => ['messages' => [['role' => 'user', 'content' => 'Grüße/']], 'temperature' => 0.5]];
foreach (
    [
        Platen\ping(2000),
        Platen\submit('main', $job, 2000),
        Platen\submit(site: 'main', job: [], deadline_ms: 2000),
        Platen\status('main', $id, 2000),
        Platen\cancel('main', $id, 2000),
        Platen\retry('main', $id, 2000),
        Platen\trace('main', $id, 2000),
        Platen\rate_limit('main', 'chat:user:1', 30, 300000, deadline_ms: 2000),
        Platen\rate_limit('main', 'chat:user:1', 30, 300000, 0, 2000),
        Platen\submit('main', $job, 2000, 'accepted'),
        Platen\wait('main', $id, 60000, 2000),
        Platen\budget_reserve('main', 'user:1', 5, 10, deadline_ms: 2000, reservation_id: 'r-1'),
        Platen\budget_reserve('main', 'user:1', 5, 10, 'day', 'tokens', 'r-2', 60, 2000),
        Platen\budget_settle('main', 'r-1', 4, 2000),
        Platen\daemon_info(2000),
        Platen\results('main', deadline_ms: 2000),
        Platen\results('main', 7, 0, 10, 2000),
        Platen\read_answer('main', $id, deadline_ms: 2000),
        Platen\read_answer('main', $id, 131072, 2000),
    ] as $reply
) {
    echo $reply['tag'], ' ', json_encode($reply['body'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}
--EXPECT--
1 []
2 {"job":{"id":"0193d2e0-0000-7000-8000-000000000000","kind":"chat","payload":{"messages":[{"role":"user","content":"Grüße/"}],"temperature":0.5}},"site":"main"}
2 {"job":[],"site":"main"}
3 {"job_id":"0193d2e0-0000-7000-8000-000000000000","site":"main"}
4 {"job_id":"0193d2e0-0000-7000-8000-000000000000","site":"main"}
5 {"job_id":"0193d2e0-0000-7000-8000-000000000000","site":"main"}
6 {"job_id":"0193d2e0-0000-7000-8000-000000000000","site":"main"}
7 {"cost":1,"key":"chat:user:1","limit":30,"site":"main","window_ms":300000}
7 {"cost":0,"key":"chat:user:1","limit":30,"site":"main","window_ms":300000}
8 {"job":{"id":"0193d2e0-0000-7000-8000-000000000000","kind":"chat","payload":{"messages":[{"role":"user","content":"Grüße/"}],"temperature":0.5}},"site":"main"}
11 {"job_id":"0193d2e0-0000-7000-8000-000000000000","site":"main","wait_ms":60000}
12 {"amount":5,"key":"user:1","limit":10,"period":"month","reservation_id":"r-1","site":"main","ttl_s":600,"unit":"microusd"}
12 {"amount":5,"key":"user:1","limit":10,"period":"day","reservation_id":"r-2","site":"main","ttl_s":60,"unit":"tokens"}
13 {"amount":4,"reservation_id":"r-1","site":"main"}
14 []
15 {"limit":100,"since":0,"site":"main","wait_ms":0}
15 {"limit":0,"since":7,"site":"main","wait_ms":10}
16 {"job_id":"0193d2e0-0000-7000-8000-000000000000","offset":0,"site":"main"}
16 {"job_id":"0193d2e0-0000-7000-8000-000000000000","offset":131072,"site":"main"}
