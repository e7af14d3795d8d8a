<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * Reads a PHP value as the JSON value that `json_encode` would write: lists become lists, other arrays and `stdClass`
 * objects become `stdClass` objects, everything else stays as it is.
 *
 * @internal
 */
final class JsonValue
{
    /** How deep arrays may nest. An array that holds itself by reference ends here. */
    private const MAX_DEPTH = 64;

    /** @throws InvalidInput If something in the value has no JSON form; `what` names the argument in the message. */
    public static function read(mixed $value, string $what): mixed
    {
        return self::readAt($value, $what, 0);
    }

    /**
     * Reads an array as an object, an empty one too.
     *
     * @param array<mixed> $value
     * @throws InvalidInput If something in the value has no JSON form.
     */
    public static function readObject(array $value, string $what): \stdClass
    {
        return self::readMembers($value, $what, 1);
    }

    private static function readAt(mixed $value, string $what, int $depth): mixed
    {
        if ($depth > self::MAX_DEPTH) {
            throw self::refused($what, sprintf('is nested deeper than %d levels', self::MAX_DEPTH));
        }
        if (is_array($value) && array_is_list($value)) {
            return array_map(static fn (mixed $item): mixed => self::readAt($item, $what, $depth + 1), $value);
        }
        if (is_array($value)) {
            return self::readMembers($value, $what, $depth + 1);
        }
        if (is_object($value)) {
            $value::class === \stdClass::class || throw self::refused(
                $what,
                'holds an object of class ' . $value::class . ', which has no JSON form here'
            );

            return self::readMembers((array) $value, $what, $depth + 1);
        }

        return self::readScalar($value, $what);
    }

    /** @param array<mixed> $members */
    private static function readMembers(array $members, string $what, int $depth): \stdClass
    {
        $object = [];
        foreach ($members as $name => $value) {
            if (is_string($name) && !mb_check_encoding($name, 'UTF-8')) {
                throw self::refused($what, 'holds a key that is not UTF-8');
            }
            $object[$name] = self::readAt($value, $what, $depth);
        }

        return (object) $object;
    }

    private static function readScalar(mixed $value, string $what): string|int|float|bool|null
    {
        if (is_float($value) && !is_finite($value)) {
            throw self::refused($what, 'holds a number that is not finite');
        }
        if (is_string($value) && !mb_check_encoding($value, 'UTF-8')) {
            throw self::refused($what, 'holds text that is not UTF-8');
        }
        if ($value !== null && !is_scalar($value)) {
            throw self::refused($what, 'holds a value that has no JSON form');
        }

        return $value;
    }

    private static function refused(string $what, string $problem): InvalidInput
    {
        return Fault::invalidInput("the $what $problem");
    }
}
