--TEST--
The oldest messages go until the rest fits
--FILE--
<?php
declare(strict_types=1);

$messages = [
    ['role' => 'system', 'content' => 'Be brief.'],
    ['role' => 'user', 'content' => str_repeat('old ', 50)],
    ['role' => 'assistant', 'content' => 'Yes.'],
    ['role' => 'user', 'content' => 'And now?'],
];
$trimmed = Platen\trim_history($messages, 40, 'gpt-4o');
echo implode(' | ', array_column($trimmed['messages'], 'content')), "\n";
$report = $trimmed['report'];
echo json_encode([$report['kept'], $report['dropped']]), "\n";
var_dump($report['tokens_after'] <= 40, $report['tokens_before'] > 60);
--EXPECT--
Be brief. | And now?
[[0,3],[1,2]]
bool(true)
bool(true)
