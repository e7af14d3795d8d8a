<?php

/**
 * Measures the token and history functions: php -d extension=target/release/libplaten.so tests/load/tokens.php [--json]
 * [folder with texts, one UTF-8 file each]
 *
 * Each figure is that of the quickest of several rounds: what the machine does beside it only makes a round slower. The
 * texts are this project's own unless a folder is given; languages are then what its files are.
 */

declare(strict_types=1);

use function Platen\count_tokens;
use function Platen\trim_history;

const ROUNDS = 15;
const MODEL = 'gpt-4o';
const MESSAGE_BYTES = 1000;
const RUN_BYTES = 1_000_000;

extension_loaded('platen') || exit("tokens: the extension is not loaded\n");

$privateBefore = private_kib();
$first = quickest(1, fn () => count_tokens('The first text of a fresh process.', MODEL));
$privateAfter = private_kib();

$root = dirname(__DIR__, 2);
$folder = array_values(array_filter(array_slice($argv, 1), is_dir(...)))[0] ?? null;
$texts = $folder === null ? [
    'English' => read("$root/docs/*.md"),
    'code' => read("$root/php/src/*/*.php"),
    'languages' => read("$root/tests/vectors/tokens/languages.txt"),
] : array_map(fn (string $file) => read($file), array_combine(
    array_map(fn (string $file) => basename($file, '.txt'), glob("$folder/*.txt")),
    glob("$folder/*.txt")
));

/** @var array<string, array{value: float, bar: float|null, unit: string, better: string}> $results */
$results = [
    'count_tokens, first use' => figure($first / 1e6, 1, 'ms', 'lower'),
    'count_tokens, private memory of the first use' => figure($privateAfter - $privateBefore, 1024, 'KiB', 'lower'),
];
foreach ($texts as $name => $text) {
    $messages = messages($text);
    $ns = quickest(ROUNDS, static function () use ($messages): void {
        foreach ($messages as $message) {
            count_tokens($message, MODEL);
        }
    });
    $bar = in_array($name, ['English', 'english', 'code', 'php'], true) ? 100 : 50;
    $results["count_tokens, messages of 1 KB, $name"] = figure(rate($messages, $ns), $bar, 'MB/s', 'higher');
}

mt_srand(1);
$random = implode('', array_map(fn () => chr(mt_rand(97, 122)), range(1, 16 * RUN_BYTES)));
$runs = ['one letter' => 'a', 'spaces' => ' ', 'newlines' => "\n", 'dashes' => '-', 'no-break spaces' => "\u{a0}"];
$runs = array_map(fn (string $unit) => str_repeat($unit, intdiv(16 * RUN_BYTES, strlen($unit))), $runs);
foreach ([...$runs, 'random lower case' => $random] as $name => $run) {
    [$small, $large] = [substr($run, 0, RUN_BYTES >> 2), $run];
    $middle = substr($run, 0, RUN_BYTES);
    $ns = quickest(5, fn () => count_tokens($middle, MODEL));
    $results["count_tokens, 1 MB of $name"] = figure(RUN_BYTES / $ns * 1e3, 10, 'MB/s', 'higher');
    $growth = quickest(3, fn () => count_tokens($large, MODEL)) / quickest(5, fn () => count_tokens($small, MODEL));
    $results["count_tokens, 64 x as much of $name"] = figure($growth, 70, 'x the time', 'lower');
}

$prose = str_repeat(reset($texts), 1 + intdiv(60_000, strlen(reset($texts))));
$history = [];
for ($place = 0; $place < 100; ++$place) {
    $content = mb_strcut($prose, 500 * $place, 500, 'UTF-8');
    $history[] = ['role' => $place % 2 === 0 ? 'user' : 'assistant', 'content' => $content];
}
$counts = quickest(ROUNDS, static function () use ($history): void {
    foreach ($history as $message) {
        count_tokens($message['content'], MODEL);
    }
});
$trim = quickest(ROUNDS, fn () => trim_history($history, 8000, MODEL));
$results['trim_history again, by counting each message once'] = figure($trim / $counts, 1.2, 'x', 'lower');
$results['trim_history again, 100 messages of 500 B'] = figure($trim / 1e3, null, 'us', 'lower');

if (in_array('--json', $argv, true)) {
    echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
    exit(0);
}
foreach ($results as $name => ['value' => $value, 'bar' => $bar, 'unit' => $unit]) {
    printf("%-56s %9.2f %-10s%s\n", $name, $value, $unit, $bar === null ? '' : " bar $bar");
}

/** @return array{value: float, bar: float|null, unit: string, better: string} */
function figure(float $value, ?float $bar, string $unit, string $better): array
{
    return ['value' => $value, 'bar' => $bar, 'unit' => $unit, 'better' => $better];
}

/** The time of the quickest round, in nanoseconds. */
function quickest(int $rounds, callable $round): float
{
    $times = [];
    for ($i = 0; $i < $rounds; ++$i) {
        $start = hrtime(true);
        $round();
        $times[] = hrtime(true) - $start;
    }

    return (float) min($times);
}

/** @param list<string> $texts */
function rate(array $texts, float $ns): float
{
    return array_sum(array_map('strlen', $texts)) / $ns * 1e3;
}

function read(string $pattern): string
{
    return implode('', array_map('file_get_contents', glob($pattern)));
}

/** @return list<string> */
function messages(string $text): array
{
    $messages = [];
    for ($place = 0; $place < min(strlen($text), RUN_BYTES); $place += strlen(end($messages))) {
        $messages[] = mb_strcut($text, $place, MESSAGE_BYTES, 'UTF-8');
    }

    return $messages;
}

/** The memory that this process alone has written to. */
function private_kib(): int
{
    preg_match('/^Private_Dirty: +(\d+)/m', (string) file_get_contents('/proc/self/smaps_rollup'), $found);

    return (int) ($found[1] ?? 0);
}
