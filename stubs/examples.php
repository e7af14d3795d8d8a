<?php

/**
 * Runs every example of the stubs and compares what it prints: php stubs/examples.php libplaten.so [name …]
 *
 * Each runs in a process of its own, with a daemon that knows the site `blog` and answers by itself: once with the
 * extension, and once more with the library in PHP unless the function has a `@polyfill`. Ends with 1 when one differs.
 */

declare(strict_types=1);

namespace StubDocs;

require __DIR__ . '/docs/load.php';

$library = realpath($argv[1] ?? __DIR__ . '/../target/release/libplaten.so');
if ($library === false) {
    fwrite(STDERR, "examples: the extension is not built; run make build\n");
    exit(2);
}
$wanted = array_slice($argv, 2);
$daemon = new Daemon(dirname($library) . '/platend');
$with = ['extension' => ['-d', "extension=$library"], 'library in PHP' => []];

[$ran, $failed] = [0, 0];
foreach (read_stubs() as $group) {
    foreach ($group->entries as $entry) {
        if ($wanted !== [] && !in_array(trim($entry->name, '()'), $wanted, true)) {
            continue;
        }
        foreach ($entry->comment->examples() as $example) {
            foreach ($entry->comment->has('polyfill') ? ['extension'] : array_keys($with) as $kind) {
                $printed = $daemon->run($group->prelude() . $example->code, $with[$kind]);
                ++$ran;
                if (!$example->isMetBy($printed)) {
                    ++$failed;
                    echo "examples: {$entry->name} with the $kind\nexpected:\n{$example->output}\nprinted:\n$printed\n\n";
                }
            }
        }
    }
}
echo "examples: $ran run, $failed differ\n";
exit($failed === 0 && $ran > 0 ? 0 : 1);
