--TEST--
A result that memory_limit has no room for is refused before PHP ends the request, and one that has room is given
--INI--
memory_limit=1G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

const MIB = 1 << 20;
$text = str_repeat("a1@b.de \n\n", 60_000);
$long = str_repeat('Roses ', MIB);
$redacted = "[EMAIL_1] $long";
$ids = array_fill(0, 1 << 19, Platen\encode(' international', 'gpt-4o')[0]);
$messages = array_fill(0, 1 << 18, ['role' => 'user', 'content' => '']);
$hash = Platen\prompt_hash(__FILE__);
Platen\cache_set($hash, $long);

foreach (
    [
        'encode' => fn () => Platen\encode($text, 'gpt-4o'),
        'decode' => fn () => Platen\decode($ids, 'gpt-4o'),
        'truncate_tokens' => fn () => Platen\truncate_tokens($long, MIB, 'gpt-4o'),
        'split_tokens' => fn () => Platen\split_tokens($text, 8, 0, 'gpt-4o'),
        'redact' => fn () => Platen\redact($text),
        'restore' => fn () => Platen\restore($redacted, ['[EMAIL_1]' => 'jo@example.com']),
        'trim_history' => fn () => Platen\trim_history($messages, PHP_INT_MAX),
        'cache_get' => fn () => Platen\cache_get($hash) ?? throw new Platen\Exception\InvalidInput('a miss'),
    ] as $name => $call
) {
    $outcomes = [];
    for ($room = 0; $room <= 96 * MIB && end($outcomes) !== 'taken'; $room += MIB) {
        gc_mem_caches();
        ini_set('memory_limit', (string) (memory_get_usage(true) + $room));
        try {
            $result = $call();
            $outcomes[] = 'taken';
        } catch (Platen\Exception\InvalidInput $refusal) {
            $outcomes[] = $refusal->errorCode;
        }
        ini_set('memory_limit', '1G');
        unset($result);
    }
    echo "$name: ", implode(', then ', array_unique($outcomes)), "\n";
}
--EXPECT--
encode: payload_too_large, then taken
decode: payload_too_large, then taken
truncate_tokens: payload_too_large, then taken
split_tokens: payload_too_large, then taken
redact: payload_too_large, then taken
restore: payload_too_large, then taken
trim_history: payload_too_large, then taken
cache_get: invalid_request, then taken
