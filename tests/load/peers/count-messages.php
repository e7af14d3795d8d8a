<?php

/**
 * Counts the messages of FOLDER/*.json with the extension: php count-messages.php --json FOLDER [write]
 *
 * With `write` it makes these files first, of the texts in target/corpus. Prints what platen-peers prints.
 */

declare(strict_types=1);

const ROUNDS = 15;
const MESSAGE_BYTES = 1000;
const MOST_BYTES = 1_000_000;

$folder = $argv[2];
if (($argv[3] ?? '') === 'write') {
    $corpus = dirname(__DIR__, 3) . '/target/corpus';
    $languages = glob("$corpus/language-*.txt");
    $share = intdiv(MOST_BYTES, max(1, count($languages)));
    $texts = [
        'English' => beginning("$corpus/english.txt", MOST_BYTES),
        'code' => beginning("$corpus/php.txt", MOST_BYTES),
        'languages' => implode("\n", array_map(fn (string $file) => beginning($file, $share), $languages)),
    ];
    foreach ($texts as $name => $text) {
        $json = json_encode(messages($text), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
        file_put_contents("$folder/$name.json", $json);
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

function beginning(string $file, int $bytes): string
{
    is_file($file) || exit("count-messages: $file is missing; deploy/setup.sh bench makes it\n");

    return mb_strcut((string) file_get_contents($file), 0, $bytes, 'UTF-8');
}

/** @return list<string> */
function messages(string $text): array
{
    $messages = [];
    for ($place = 0; $place < strlen($text); $place += strlen(end($messages))) {
        $messages[] = mb_strcut($text, $place, MESSAGE_BYTES, 'UTF-8');
    }

    return $messages;
}
