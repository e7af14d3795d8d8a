<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * The one form of a prompt that is hashed, after RFC 8785 (JSON Canonicalization Scheme) with Unicode normalisation and
 * exact integers; the rules are in src/core/src/prompt/canonical.rs.
 *
 * Options fold case and white space; they are part of the hashed text, so hashes of different rules never meet.
 *
 * Normalising needs PHP's intl extension. Without it text is taken as it is, which is the same for nearly all text:
 * keyboards and browsers write normalisation form C.
 *
 * @internal
 */
final class Prompt
{
    /** Names the rules. When a rule changes, so does this number, and no hash of the old rules matches. */
    private const VERSION = 1;
    /** Unicode's property White_Space. */
    private const WHITE_SPACE = '/[\x{9}-\x{d} \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}'
        . '\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+/u';

    private function __construct(private readonly bool $isCollapsed, private readonly bool $isFolded)
    {
    }

    /** @param array<mixed> $options */
    public static function hash(mixed $prompt, array $options = []): string
    {
        return hash('sha256', self::canonical($prompt, $options));
    }

    /** @param array<mixed> $options */
    public static function canonical(mixed $prompt, array $options = []): string
    {
        $rules = self::byRules($options);
        $line = 'platen-prompt-v' . self::VERSION
            . ($rules->isCollapsed ? ' whitespace=collapse' : '') . ($rules->isFolded ? ' case=fold' : '');

        return "$line\n" . $rules->write(JsonValue::read($prompt, 'prompt'));
    }

    /** @param array<mixed> $options */
    private static function byRules(array $options): self
    {
        if (array_diff(array_map(strval(...), array_keys($options)), ['version', 'whitespace', 'case']) !== []) {
            throw Fault::invalidInput('the options are version, whitespace and case');
        }
        $options += ['version' => self::VERSION, 'whitespace' => 'exact', 'case' => 'exact'];
        if ($options['version'] !== self::VERSION) {
            throw Fault::invalidInput('the option version is ' . self::VERSION);
        }
        if (!in_array($options['whitespace'], ['exact', 'collapse'], true)) {
            throw Fault::invalidInput('the option whitespace is exact or collapse');
        }
        if (!in_array($options['case'], ['exact', 'fold'], true)) {
            throw Fault::invalidInput('the option case is exact or fold');
        }

        return new self($options['whitespace'] === 'collapse', $options['case'] === 'fold');
    }

    private function apply(string $text): string
    {
        $text = self::normalise($text);
        if ($this->isFolded) {
            $text = self::normalise(mb_convert_case($text, MB_CASE_FOLD, 'UTF-8'));
        }

        return $this->isCollapsed ? trim((string) preg_replace(self::WHITE_SPACE, ' ', $text), ' ') : $text;
    }

    private function write(mixed $value): string
    {
        return match (true) {
            $value === null => 'null',
            is_bool($value) => $value ? 'true' : 'false',
            is_int($value) => (string) $value,
            is_float($value) => self::writeDouble($value),
            is_string($value) => self::writeText($this->apply($value)),
            $value instanceof \stdClass => $this->writeObject((array) $value),
            default => '[' . implode(',', array_map($this->write(...), $value)) . ']',
        };
    }

    /** @param array<mixed> $members */
    private function writeObject(array $members): string
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
            fn (array $member): string => self::writeText($member[2]) . ':' . $this->write($member[3]),
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
