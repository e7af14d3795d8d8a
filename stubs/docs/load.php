<?php

/**
 * Loads the stubs and what reads them.
 */

declare(strict_types=1);

namespace StubDocs;

require_once __DIR__ . '/names.php';
require_once __DIR__ . '/problems.php';
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, __NAMESPACE__ . '\\')) {
        require __DIR__ . '/' . short_name($class) . '.php';
    }
});

/** @return list<Group> */
function read_stubs(): array
{
    require_once dirname(__DIR__) . '/describe.php';
    load_stubs();

    return Group::readAll(dirname(__DIR__));
}

/** @return list<string> */
function error_codes(string $source): array
{
    preg_match_all('/=> "([a-z_]+)"/', (string) file_get_contents($source), $found);

    return $found[1] ?: throw new \DomainException("$source names no code");
}
