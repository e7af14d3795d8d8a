<?php

/**
 * How names, types and values are written in the documentation.
 */

declare(strict_types=1);

namespace StubDocs;

/** The name without its namespace. */
function short_name(string $name): string
{
    return substr((string) strrchr("\\$name", '\\'), 1);
}

/** A type as it is written below `namespace Platen;`. */
function local_type(string $type): string
{
    return preg_replace('/\\\\?\bPlaten\\\\(?:Exception\\\\)?(?=\w)/', '', $type);
}

/** A default value as it is written in a signature. */
function literal(mixed $value): string
{
    return match ($value) {
        null => 'null',
        [] => '[]',
        default => var_export($value, true),
    };
}

function one_line(string $text): string
{
    return trim(preg_replace('/\s+/', ' ', $text));
}
