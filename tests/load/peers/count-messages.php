<?php

/**
 * Counts the messages of FOLDER/*.json with the extension: php count-messages.php --json FOLDER [write]
 *
 * With `write` it makes these files first, of texts of this project. Prints what platen-peers prints.
 */

declare(strict_types=1);

const ROUNDS = 15;
const MESSAGE_BYTES = 1000;
const MOST_BYTES = 1_000_000;

$folder = $argv[2];
if (($argv[3] ?? '') === 'write') {
    $root = dirname(__DIR__, 3);
    $read = static fn (string $pattern): string => implode('', array_map('file_get_contents', glob("$root/$pattern")));
    $texts = [
        'English' => $read('docs/*.md'),
        'code' => $read('php/src/*/*.php'),
        'languages' => $read('tests/vectors/tokens/languages.txt'),
    ];
    foreach ($texts as $name => $text) {
        file_put_contents("$folder/$name.json", json_encode(messages($text), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
    }
}

$figures = [];
foreach (glob("$folder/*.json") as $file) {
    $messages = json_decode((string) file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
    $quickest = INF;
    for ($round = 0; $round < ROUNDS; ++$round) {
        $tokens = 0;
        $start = hrtime(true);
        foreach ($messages as $message) {
            $tokens += Platen\count_tokens($message, 'gpt-4o');
        }
        $quickest = min($quickest, hrtime(true) - $start);
    }
    $rate = array_sum(array_map('strlen', $messages)) / $quickest * 1e3;
    $figures[basename($file, '.json')] = ['rate' => $rate, 'tokens' => $tokens];
}
echo json_encode(['platen' => $figures], JSON_THROW_ON_ERROR), "\n";

/** @return list<string> */
function messages(string $text): array
{
    $messages = [];
    for ($place = 0; $place < min(strlen($text), MOST_BYTES); $place += strlen(end($messages))) {
        $messages[] = mb_strcut($text, $place, MESSAGE_BYTES, 'UTF-8');
    }

    return $messages;
}
