<?php

/**
 * Compares the stubs with the built extension: php stubs/check.php [libplaten.so]
 *
 * Two processes describe what they declare, one with the stubs and one with the extension. Ends with 1 and the
 * differences when the two descriptions are not the same.
 */

declare(strict_types=1);

if (($argv[1] ?? '') === '--describe') {
    require __DIR__ . '/describe.php';
    echo json_encode(describe($argv[2]), JSON_THROW_ON_ERROR);
    exit(0);
}

$library = realpath($argv[1] ?? __DIR__ . '/../target/release/libplaten.so');
if ($library === false) {
    fwrite(STDERR, "stubs: the extension is not built; run make build\n");
    exit(2);
}
$stubs = description(['--describe', 'stubs'], []);
$extension = description(['--describe', 'extension'], ['-d', "extension=$library"]);

$differences = 0;
foreach (array_keys($stubs + $extension) as $name) {
    $declared = $stubs[$name] ?? 'nothing';
    $loaded = $extension[$name] ?? 'nothing';
    if ($declared !== $loaded) {
        echo "$name\n  stubs:     $declared\n  extension: $loaded\n";
        ++$differences;
    }
}
printf("stubs: %d declarations compared, %d differences\n", count($stubs + $extension), $differences);
exit($differences === 0 ? 0 : 1);

/**
 * @param list<string> $arguments
 * @param list<string> $options
 * @return array<string, string>
 */
function description(array $arguments, array $options): array
{
    $process = proc_open([PHP_BINARY, '-n', ...$options, __FILE__, ...$arguments], [1 => ['pipe', 'w']], $pipes);
    $json = stream_get_contents($pipes[1]);
    if (proc_close($process) !== 0 || $json === '') {
        fwrite(STDERR, "stubs: cannot describe the {$arguments[1]}\n");
        exit(2);
    }

    return json_decode($json, true, 512, JSON_THROW_ON_ERROR);
}
