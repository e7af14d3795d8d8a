<?php

/**
 * Makes docs/functions.md of the stubs: php stubs/docs.php [--check]
 *
 * With `--check` nothing is written. Ends with 1 when a description lacks something or the page is not the stubs'.
 */

declare(strict_types=1);

namespace StubDocs;

require __DIR__ . '/docs/load.php';

$page = dirname(__DIR__) . '/docs/functions.md';
$introduction = (string) file_get_contents(__DIR__ . '/docs/introduction.md');
$isCheck = in_array('--check', $argv, true);

try {
    $groups = read_stubs();
    $problems = problems($groups, error_codes(dirname(__DIR__) . '/src/core/src/code.rs'));
    $text = (new Page($groups))->render(trim($introduction));
} catch (\DomainException $malformed) {
    [$problems, $text] = [[$malformed->getMessage()], ''];
}
if ($problems === [] && $isCheck && @file_get_contents($page) !== $text) {
    $problems[] = 'docs/functions.md is not what the stubs say; run make docs';
}
foreach ($problems as $problem) {
    echo "docs: $problem\n";
}
if ($problems !== []) {
    exit(1);
}
if (!$isCheck) {
    file_put_contents($page, $text);
}
printf("docs: %d entries in %d groups\n", array_sum(array_map(fn (Group $group) => count($group->entries), $groups)), count($groups));
