<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$deep = [];
for ($depth = 0; $depth < 100_000; ++$depth) {
    $deep = [$deep];
}
$message = ['role' => 'user', 'content' => 'Hi', 'extra' => $deep];
echo Platen\trim_history([$message], 100, 'gpt-4o')['messages'] === [$message] ? 'shared' : 'changed', "\n";
echo outcome(fn () => Platen\count_message_tokens([['role' => 'user', 'content' => $deep]], 'gpt-4o')), "\n";
echo outcome(fn () => Platen\count_message_tokens([['role' => 'user', 'content' => [$deep]]], 'gpt-4o')), "\n";
// As it came in: PHP itself frees and compares so deep an array recursively.
echo 'done';
