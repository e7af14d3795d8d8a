<?php

/**
 * Measures the token and history functions: php -d extension=target/release/libplaten.so tests/load/tokens.php [--json]
 *
 * Each figure is that of the quickest of several rounds: what the machine does beside it only makes a round slower.
 * "New text" is counted once, in a process of its own that has counted nothing before: words repeat as they do in real
 * text. It is the corpus that deploy/setup.sh fetches; what is counted again are this project's own texts.
 */

declare(strict_types=1);

use function Platen\count_tokens;
use function Platen\trim_history;

const ROUNDS = 15;
const MODEL = 'gpt-4o';
const MESSAGE_BYTES = 1000;
const RUN_BYTES = 1_000_000;
const NEW_TEXT_ROUNDS = 5;
const BARS = ['English' => 100, 'code' => 100, 'languages' => 50];
/** Those that most people write, of many scripts. */
const LANGUAGES = 'ar bg bn cs de el es fa fi fr he hi hu id it ja ko nl pl pt ru th tr uk vi zh-cn zh-tw';
const TURN = 100;
const TURN_BYTES = 500;

extension_loaded('platen') || exit("tokens: the extension is not loaded\n");

$root = dirname(__DIR__, 2);
if (($argv[1] ?? null) === '--new-text') {
    echo json_encode(count_once(new_text($root, $argv[2])), JSON_THROW_ON_ERROR);
    exit(0);
}
if (($argv[1] ?? null) === '--conversations') {
    $work = $argv[2] === 'trim' ? fn (array $history) => trim_history($history, 8000, MODEL) : count_each(...);
    echo json_encode(array_map(fn (array $history) => quickest(1, fn () => $work($history)), conversations($root)));
    exit(0);
}

$privateBefore = private_kib();
$first = quickest(1, fn () => count_tokens('The first text of a fresh process.', MODEL));
$privateAfter = private_kib();

$texts = [
    'English' => read("$root/docs/*.md"),
    'code' => read("$root/php/src/*/*.php"),
    'languages' => read("$root/tests/vectors/tokens/languages.txt"),
];

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
    $results["count_tokens, messages of 1 KB, $name"] = figure(rate($messages, $ns), BARS[$name], 'MB/s', 'higher');
    $once = array_map(fn () => in_own_process('--new-text', $name), range(1, NEW_TEXT_ROUNDS));
    $results["count_tokens, messages of 1 KB, new text, $name"] = figure(max($once), BARS[$name], 'MB/s', 'higher');
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

// The same conversations, each new to its process, are trimmed in one process and counted in another.
$times = array_map(fn (string $what) => array_map(
    min(...),
    ...array_map(fn () => in_own_process('--conversations', $what), range(1, NEW_TEXT_ROUNDS))
), ['trim' => 'trim', 'count' => 'count']);
$ratio = median(array_map(fn (float $trim, float $count) => $trim / $count, $times['trim'], $times['count']));
$results['trim_history of a new conversation, by counting each message once'] = figure($ratio, 1.2, 'x', 'lower');

$turns = conversations($root);
$history = $turns[0];
$counts = quickest(ROUNDS, fn () => count_each($history));
$trim = quickest(ROUNDS, fn () => trim_history($history, 8000, MODEL));
$results['trim_history again, by counting each message once'] = figure($trim / $counts, 1.2, 'x', 'lower');
$results['trim_history again, 100 messages of 500 B'] = figure($trim / 1e3, null, 'us', 'lower');

$grown = [];
foreach (array_chunk($turns[1], 2) as $turn) {
    array_push($history, ...$turn);
    $grown[] = quickest(1, fn () => trim_history($history, 8000, MODEL));
}
$results['trim_history, two messages more each time'] = figure(median($grown) / $counts, 1.2, 'x', 'lower');

if (in_array('--json', $argv, true)) {
    echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
    exit(0);
}
foreach ($results as $name => ['value' => $value, 'bar' => $bar, 'unit' => $unit]) {
    printf("%-70s %9.2f %-10s%s\n", $name, $value, $unit, $bar === null ? '' : " bar $bar");
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
function messages(string $text, int $bytes = MESSAGE_BYTES, int $limit = RUN_BYTES): array
{
    $messages = [];
    for ($place = 0; $place < min(strlen($text), $limit); $place += strlen(end($messages))) {
        $messages[] = mb_strcut($text, $place, $bytes, 'UTF-8');
    }

    return $messages;
}

/** @return list<string> Messages of the corpus, one language after the other. */
function new_text(string $root, string $name): array
{
    $files = match ($name) {
        'English' => ['english'],
        'code' => ['php'],
        'languages' => array_map(fn (string $language) => "language-$language", explode(' ', LANGUAGES)),
    };

    return array_merge(...array_map(fn (string $file) => messages(read("$root/target/corpus/$file.txt")), $files));
}

/** @return list<list<array{role: string, content: string}>> */
function conversations(string $root): array
{
    $turns = array_chunk(messages(read("$root/target/corpus/english.txt"), TURN_BYTES), TURN);
    array_pop($turns);

    return array_map(fn (array $turn) => array_map(
        fn (int $place) => ['role' => $place % 2 === 0 ? 'user' : 'assistant', 'content' => $turn[$place]],
        array_keys($turn)
    ), $turns);
}

/** @param list<string> $messages */
function count_once(array $messages): float
{
    $ns = quickest(1, static function () use ($messages): void {
        foreach ($messages as $message) {
            count_tokens($message, MODEL);
        }
    });

    return rate($messages, $ns);
}

/** What this script measures when it is called anew, with the same settings. */
function in_own_process(string ...$arguments): mixed
{
    $own = array_slice(explode("\0", (string) file_get_contents('/proc/self/cmdline')), 0, -1);
    $settings = array_slice($own, 0, array_search($_SERVER['argv'][0], $own, true) + 1);
    $process = proc_open([...$settings, ...$arguments], [1 => ['pipe', 'w']], $pipes);
    $result = stream_get_contents($pipes[1]);
    proc_close($process) === 0 || exit("tokens: a measurement failed\n");

    return json_decode($result, flags: JSON_THROW_ON_ERROR);
}

/** @param list<array{content: string}> $history */
function count_each(array $history): void
{
    foreach ($history as $message) {
        count_tokens($message['content'], MODEL);
    }
}

/** @param list<float> $values */
function median(array $values): float
{
    sort($values);

    return $values[intdiv(count($values), 2)];
}

/** The memory that this process alone has written to. */
function private_kib(): int
{
    preg_match('/^Private_Dirty: +(\d+)/m', (string) file_get_contents('/proc/self/smaps_rollup'), $found);

    return (int) ($found[1] ?? 0);
}
