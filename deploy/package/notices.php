<?php

/**
 * Writes the notices that must go along with a binary: php deploy/package/notices.php CRATE > THIRD-PARTY-NOTICES
 *
 * Lists every crate that is linked into CRATE, with its licence and the texts that its authors ship. Ends with 1 when
 * a licence is not on the list of those that go together with ours, or when a text is missing.
 */

declare(strict_types=1);

/** Permissive, and asking for no more than these notices. */
const ALLOWED = [
    '0BSD', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BSD-2-Clause', 'BSD-3-Clause', 'BSL-1.0',
    'CC0-1.0', 'CDLA-Permissive-2.0', 'ISC', 'MIT', 'MIT-0', 'Unicode-3.0', 'Unlicense', 'Zlib',
];

/** Crates without a text of their own, and the crate of the same repository and authors that has it. */
const SAME_AUTHORS = ['ext-php-rs-introspection' => 'ext-php-rs'];

/** Crates that are not linked, but whose data the build turns into tables of the library. */
const TABLES_FROM = ['platen-core' => 'regex-syntax'];

/** What is in the binaries and is no crate: files of notices/, by the crate that brings it along. */
const OTHERS = ['platen-core' => ['rust', 'vocabularies'], 'libsqlite3-sys' => ['sqlite']];

$root = dirname(__DIR__, 2);
if ($argc < 2) {
    fwrite(STDERR, "usage: notices.php CRATE [METADATA]\n");
    exit(2);
}

try {
    echo notices($argv[1], crates_of($root, $argv[1], $argv[2] ?? null));
} catch (RuntimeException $problem) {
    fwrite(STDERR, "notices: {$problem->getMessage()}\n");
    exit(1);
}

/**
 * What the crate is linked with, by name and version.
 *
 * @param string|null $metadata a file in the place of what `cargo metadata` says, for tests
 * @return array<string, array<string, mixed>>
 */
function crates_of(string $root, string $crate, ?string $metadata): array
{
    $json = $metadata === null
        ? run($root, ['cargo', 'metadata', '--locked', '--format-version', '1'])
        : (string) file_get_contents($metadata);
    $known = [];
    foreach (json_decode($json, true, 512, JSON_THROW_ON_ERROR)['packages'] as $package) {
        $known["{$package['name']} v{$package['version']}"] = $package;
    }
    $tree = $metadata === null
        ? run($root, ['cargo', 'tree', '--locked', '-p', $crate, '-e', 'normal,no-proc-macro', '--prefix', 'none', '--format', '{p}'])
        : implode("\n", array_keys($known));
    $linked = [];
    foreach (explode("\n", trim($tree)) as $line) {
        $name = implode(' ', array_slice(explode(' ', $line), 0, 2));
        $linked[$name] = $known[$name] ?? throw new RuntimeException("cargo does not know $name");
    }
    foreach ($linked as $package) {
        $from = TABLES_FROM[$package['name']] ?? null;
        $linked += array_filter($known, static fn (array $other): bool => $other['name'] === $from);
    }
    ksort($linked);

    return $linked;
}

/** @param array<string, array<string, mixed>> $crates */
function notices(string $crate, array $crates): string
{
    $list = '';
    $texts = [];
    foreach ($crates as $name => $package) {
        if (($package['source'] ?? null) !== null) {
            $licence = $package['license'] ?? '';
            is_allowed($licence) || throw new RuntimeException("$name has the licence '$licence', which is not on the list");
            $list .= sprintf("%-40s %s\n", $name, $licence);
            foreach (texts_of($package, $crates) as $text) {
                $texts[$text][] = $name;
            }
        }
        foreach (OTHERS[$package['name']] ?? [] as $other) {
            $texts[trim((string) file_get_contents(__DIR__ . "/notices/$other.txt"))][] = $other;
        }
    }
    $rule = str_repeat('-', 80);
    $out = "Software of others in $crate\n\n$list";
    foreach ($texts as $text => $names) {
        $out .= "\n$rule\n" . implode(', ', array_unique($names)) . "\n$rule\n\n$text\n";
    }

    return $out;
}

/**
 * @param array<string, mixed> $package
 * @param array<string, array<string, mixed>> $crates
 * @return non-empty-list<string>
 */
function texts_of(array $package, array $crates): array
{
    $folder = dirname($package['manifest_path']);
    $files = [];
    foreach (['', '/src/unicode_tables'] as $part) {
        foreach (is_dir($folder . $part) ? scandir($folder . $part) : [] as $name) {
            if (preg_match('/^(un)?licen[cs]e|^(copying|copyright|notice)/i', $name) && is_file("$folder$part/$name")) {
                $files[] = "$folder$part/$name";
            }
        }
    }
    if ($files !== []) {
        return array_map(static fn (string $file): string => trim((string) file_get_contents($file)), $files);
    }
    $sibling = SAME_AUTHORS[$package['name']] ?? null;
    foreach ($crates as $other) {
        if ($sibling !== null && $other['name'] === $sibling) {
            return texts_of($other, []);
        }
    }

    throw new RuntimeException("{$package['name']} comes without the text of its licence");
}

/** Whether an SPDX expression can be satisfied by the allowed licences alone. `/` is the old way to write OR. */
function is_allowed(string $expression): bool
{
    $expression = str_replace('/', ' OR ', $expression);
    preg_match_all('/[()]|[^\s()]+( WITH [^\s()]+)?/', $expression, $found);
    $words = $found[0];

    return $words !== [] && alternatives($words) && $words === [];
}

/** @param list<string> $words is used up from the front */
function alternatives(array &$words): bool
{
    $is_allowed = all_of($words);
    while (($words[0] ?? '') === 'OR') {
        array_shift($words);
        $is_allowed = all_of($words) || $is_allowed;
    }

    return $is_allowed;
}

/** @param list<string> $words is used up from the front */
function all_of(array &$words): bool
{
    $is_allowed = one($words);
    while (($words[0] ?? '') === 'AND') {
        array_shift($words);
        $is_allowed = one($words) && $is_allowed;
    }

    return $is_allowed;
}

/** @param list<string> $words is used up from the front */
function one(array &$words): bool
{
    $word = array_shift($words);
    if ($word !== '(') {
        return in_array($word, ALLOWED, true);
    }
    $is_allowed = alternatives($words);

    return array_shift($words) === ')' && $is_allowed;
}

/** @param non-empty-list<string> $command */
function run(string $folder, array $command): string
{
    $process = proc_open($command, [1 => ['pipe', 'w']], $pipes, $folder);
    $output = (string) stream_get_contents($pipes[1]);
    if (proc_close($process) !== 0) {
        throw new RuntimeException(implode(' ', $command) . ' failed');
    }

    return $output;
}
