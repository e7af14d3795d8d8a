<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * The one form of a prompt that is hashed, after RFC 8785 (JSON Canonicalization Scheme) with Unicode normalisation and
 * exact integers; the rules are in src/core/src/prompt/canonical.rs.
 *
 * Normalising needs PHP's intl extension. Without it text is taken as it is, which is the same for nearly all text:
 * keyboards and browsers write normalisation form C.
 *
 * @internal
 */
final class Prompt
{
    /** Names the rules. When a rule changes, so does this line, and no hash of the old rules matches. */
    private const VERSION = "platen-prompt-v1\n";

    public static function hash(mixed $prompt): string
    {
        return hash('sha256', self::canonical($prompt));
    }

    public static function canonical(mixed $prompt): string
    {
        return self::VERSION . self::write(JsonValue::read($prompt, 'prompt'));
    }

    private static function write(mixed $value): string
    {
        return match (true) {
            $value === null => 'null',
            is_bool($value) => $value ? 'true' : 'false',
            is_int($value) => (string) $value,
            is_float($value) => self::writeDouble($value),
            is_string($value) => self::writeText(self::normalise($value)),
            $value instanceof \stdClass => self::writeObject((array) $value),
            default => '[' . implode(',', array_map([self::class, 'write'], $value)) . ']',
        };
    }

    /** @param array<mixed> $members */
    private static function writeObject(array $members): string
    {
        $sortable = [];
        foreach ($members as $name => $value) {
            $normal = self::normalise((string) $name);
            // Big-endian UTF-16 compares by its bytes as by its code units.
            $sortable[] = [mb_convert_encoding($normal, 'UTF-16BE', 'UTF-8'), (string) $name, $normal, $value];
        }
        usort(
            $sortable,
            static fn (array $one, array $other): int => strcmp($one[0], $other[0]) ?: strcmp($one[1], $other[1])
        );
        $texts = array_map(
            static fn (array $member): string => self::writeText($member[2]) . ':' . self::write($member[3]),
            $sortable
        );

        return '{' . implode(',', $texts) . '}';
    }

    private static function writeText(string $text): string
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
            | JSON_UNESCAPED_LINE_TERMINATORS;

        return json_encode($text, $flags);
    }

    /** ECMAScript's `Number::toString` (ECMA-262 §6.1.6.1.20) of a finite double. */
    private static function writeDouble(float $double): string
    {
        if ($double === 0.0) {
            return '0';
        }
        [$digits, $exponent] = self::shortest(abs($double));
        $count = strlen($digits);
        $text = match (true) {
            $count <= $exponent && $exponent <= 21 => $digits . str_repeat('0', $exponent - $count),
            0 < $exponent && $exponent <= 21 => substr($digits, 0, $exponent) . '.' . substr($digits, $exponent),
            -6 < $exponent && $exponent <= 0 => '0.' . str_repeat('0', -$exponent) . $digits,
            default => $digits[0] . ($count > 1 ? '.' . substr($digits, 1) : '') . sprintf('e%+d', $exponent - 1),
        };

        return ($double < 0 ? '-' : '') . $text;
    }

    /**
     * The fewest digits that give the double, and the place of the decimal point counted from the first digit's left.
     *
     * @return array{string, int}
     */
    private static function shortest(float $double): array
    {
        // var_export writes the fewest digits that give the same double, whatever php.ini says.
        [$mantissa, $exponent] = explode('e', strtolower(var_export($double, true))) + [1 => '0'];
        [$whole, $fraction] = explode('.', $mantissa) + [1 => ''];
        $digits = ltrim($whole . $fraction, '0');
        $leadingZeros = strlen($whole . $fraction) - strlen($digits);

        return [rtrim($digits, '0'), strlen($whole) - $leadingZeros + (int) $exponent];
    }

    private static function normalise(string $text): string
    {
        if (preg_match('/[^\x00-\x7f]/', $text) !== 1 || !class_exists(\Normalizer::class)) {
            return $text;
        }
        $normal = \Normalizer::normalize($text, \Normalizer::FORM_C);

        return is_string($normal) ? $normal : $text;
    }
}
