--TEST--
Deep nesting in a message does no harm
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

// PHP frees what is nested by calling itself, with larger frames in a debug build.
$levels = PHP_DEBUG ? 20_000 : 100_000;
$deep = [];
for ($depth = 0; $depth < $levels; ++$depth) {
    $deep = [$deep];
}
$message = ['role' => 'user', 'content' => 'Hi', 'extra' => $deep];
echo Platen\trim_history([$message], 100, 'gpt-4o')['messages'] === [$message] ? 'shared' : 'changed', "\n";
echo outcome(fn () => Platen\count_message_tokens([['role' => 'user', 'content' => $deep]], 'gpt-4o')), "\n";
echo outcome(fn () => Platen\count_message_tokens([['role' => 'user', 'content' => [$deep]]], 'gpt-4o')), "\n";
echo 'done';
--EXPECT--
shared
InvalidInput invalid_request: message 0 has a part of its content that is neither text nor image
InvalidInput invalid_request: message 0 has a part of its content that is neither text nor image
done
