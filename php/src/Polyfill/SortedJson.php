<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * JSON with the members of every object in the order of their names' bytes and no white space, as the extension
 * writes it: the same value is the same bytes on both sides.
 *
 * @internal
 */
final class SortedJson
{
    /** @param mixed $value As {@see JsonValue} reads it. */
    public static function write(mixed $value): string
    {
        if (is_array($value)) {
            return '[' . implode(',', array_map([self::class, 'write'], $value)) . ']';
        }
        if ($value instanceof \stdClass) {
            return self::writeObject((array) $value);
        }
        $json = json_encode(
            $value,
            JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
            | JSON_UNESCAPED_LINE_TERMINATORS | JSON_PRESERVE_ZERO_FRACTION
        );

        // 1.0e+25 here is 1e25 there.
        return is_float($value) ? str_replace(['.0e', 'e+'], 'e', $json) : $json;
    }

    /** @param array<mixed> $members */
    private static function writeObject(array $members): string
    {
        ksort($members, SORT_STRING);
        $texts = [];
        foreach ($members as $name => $value) {
            $texts[] = self::write((string) $name) . ':' . self::write($value);
        }

        return '{' . implode(',', $texts) . '}';
    }
}
