--TEST--
The reserve is kept free of messages
--FILE--
<?php
declare(strict_types=1);

$messages = [
    ['role' => 'user', 'content' => str_repeat('word ', 20)],
    ['role' => 'assistant', 'content' => 'ok'],
    ['role' => 'user', 'content' => 'hi'],
];
foreach ([0, 85] as $reserve) {
    $report = Platen\trim_history($messages, 100, reserve: $reserve)['report'];
    echo json_encode([$report['kept'], $report['max_tokens'], $report['reserve']]), "\n";
}
--EXPECT--
[[0,1,2],100,0]
[[2],100,85]
