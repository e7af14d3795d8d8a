--TEST--
A text of 16 MiB is taken, one byte more is refused
--INI--
memory_limit=2G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

const LIMIT = 16 << 20;
$longest = str_repeat(' ', LIMIT);
[$widest] = Platen\encode(str_repeat(' ', 128), 'gpt-4o');
$ids = fn (string $text): array => [...array_fill(0, LIMIT >> 7, $widest), ...Platen\encode(substr($text, LIMIT), 'gpt-4o')];
$counter = new Platen\TokenCounter('gpt-4o');
$counter->push($longest);

foreach (
    [
        'count_tokens' => fn (string $text) => Platen\count_tokens($text, 'gpt-4o') > 0,
        'count_message_tokens' => fn (string $text) => Platen\count_message_tokens([['role' => 'user', 'content' => substr($text, 4)]]) > 0,
        'encode' => fn (string $text) => count(Platen\encode($text, 'gpt-4o')) > 0,
        'decode' => fn (string $text) => strlen(Platen\decode($ids($text), 'gpt-4o')) === LIMIT,
        'truncate_tokens' => fn (string $text) => strlen(Platen\truncate_tokens($text, 1, 'gpt-4o')) > 0,
        'split_tokens' => fn (string $text) => count(Platen\split_tokens($text, 4096, 0, 'gpt-4o')) > 0,
        'trim_history' => fn (string $text) => Platen\trim_history([['role' => 'user', 'content' => substr($text, 4)]], 10 ** 8)['report']['kept'] === [0],
        'redact' => fn (string $text) => strlen(Platen\redact($text)['text']) === LIMIT,
        'push' => fn (string $text) => $counter->push(substr($text, 0, strlen($text) - LIMIT)) === null,
    ] as $name => $call
) {
    echo "$name: ", var_export($call($longest), true), ', ', code_of(fn () => $call("$longest ")), "\n";
}
--EXPECT--
count_tokens: true, payload_too_large
count_message_tokens: true, payload_too_large
encode: true, payload_too_large
decode: true, payload_too_large
truncate_tokens: true, payload_too_large
split_tokens: true, payload_too_large
trim_history: true, payload_too_large
redact: true, payload_too_large
push: true, payload_too_large
