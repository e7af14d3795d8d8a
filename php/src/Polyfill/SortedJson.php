<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * JSON with the members of every object in the order of their names' bytes and no white space, as the extension
 * writes it: the same value is the same bytes on both sides.
 *
 * @internal
 */
final class SortedJson
{
    /** As deep as serde_json reads. */
    private const MAX_DEPTH = 127;

    /** @throws InvalidInput If the value has no JSON form. */
    public static function encode(mixed $value): string
    {
        return self::write($value, 0);
    }

    private static function write(mixed $value, int $depth): string
    {
        if ($depth > self::MAX_DEPTH) {
            throw Fault::invalidInput('the value is nested too deeply');
        }
        if ($value instanceof \JsonSerializable) {
            return self::write($value->jsonSerialize(), $depth + 1);
        }
        if (is_object($value)) {
            return self::writeObject(get_object_vars($value), $depth);
        }
        if (is_array($value)) {
            return array_is_list($value) ? self::writeList($value, $depth) : self::writeObject($value, $depth);
        }

        return self::writeScalar($value);
    }

    /** @param list<mixed> $values */
    private static function writeList(array $values, int $depth): string
    {
        $items = array_map(static fn (mixed $value): string => self::write($value, $depth + 1), $values);

        return '[' . implode(',', $items) . ']';
    }

    /** @param array<mixed> $values */
    private static function writeObject(array $values, int $depth): string
    {
        ksort($values, SORT_STRING);
        $members = [];
        foreach ($values as $name => $value) {
            $members[] = self::writeScalar((string) $name) . ':' . self::write($value, $depth + 1);
        }

        return '{' . implode(',', $members) . '}';
    }

    private static function writeScalar(mixed $value): string
    {
        try {
            return json_encode(
                $value,
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
                | JSON_UNESCAPED_LINE_TERMINATORS | JSON_PRESERVE_ZERO_FRACTION
            );
        } catch (\JsonException $exception) {
            throw Fault::invalidInput('the value has no JSON form: ' . $exception->getMessage());
        }
    }
}
