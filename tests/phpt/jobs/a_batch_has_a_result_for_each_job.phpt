--TEST--
A batch gives a receipt or a refusal for each job, in their order
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

$daemon = new FakeDaemon('receipts');
foreach (Platen\submit_many('main', ['b' => ['id' => 'x'], 'a' => []], 2000) as $place => $result) {
    echo $place, ' ', json_encode($result), "\n";
}
--EXPECT--
0 {"job_id":"first","status":"queued","is_duplicate":false}
1 {"code":"invalid_request","message":"job 1"}
