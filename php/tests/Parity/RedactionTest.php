<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\Vectors;

use function Platen\redact;
use function Platen\restore;

final class RedactionTest extends TestCase
{
    use ExpectsFailures;

    /** @return array<string, array{array<string, mixed>}> */
    public static function texts(): array
    {
        return Vectors::cases('redact/found.json')
            + Vectors::cases('redact/untouched.json')
            + Vectors::cases('redact/rules.json');
    }

    /**
     * @dataProvider texts
     * @param array<string, mixed> $case
     */
    public function testATextIsRedactedToTheByteAndRestored(array $case): void
    {
        $result = redact($case['text'], $case['rules'] ?? []);

        self::assertSame($case['redacted'], $result['text']);
        self::assertSame($case['findings'], $result['findings']);
        self::assertSame($case['map'], $result['map']);
        if ($case['rules']['reversible'] ?? true) {
            self::assertSame($case['text'], restore($result['text'], $result['map']));
        }
    }

    /**
     * @dataProvider texts
     * @param array<string, mixed> $case
     */
    public function testARedactedTextHoldsNothingMore(array $case): void
    {
        $result = redact($case['redacted'], $case['rules'] ?? []);

        self::assertSame([], $result['findings']);
    }

    public function testAnyBytesSurvive(): void
    {
        $text = "\xFF\0 jo@example.com \xC3\x28 \xED\xA0\x80";
        $result = redact($text);

        self::assertSame(['[EMAIL_1]' => 'jo@example.com'], $result['map']);
        self::assertSame($text, restore($result['text'], $result['map']));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function badRules(): array
    {
        return [
            'a rule that does not exist' => [['kind' => ['email']]],
            'a kind that does not exist' => [['kinds' => ['name']]],
            'no list' => [['kinds' => 'email']],
            'no bool' => [['reversible' => 1]],
        ];
    }

    /**
     * @dataProvider badRules
     * @param array<string, mixed> $rules
     */
    public function testARuleThatDoesNotExistIsRefused(array $rules): void
    {
        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => redact('x', $rules));
    }

    public function testAMapWithOtherKeysOrValuesIsRefused(): void
    {
        foreach ([['EMAIL_1' => 'x'], ['[email]' => 'x'], ['x'], ['[EMAIL_1]' => 1]] as $map) {
            self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => restore('x', $map));
        }
    }

    public function testWhatIsTooMuchIsRefused(): void
    {
        $calls = [
            static fn () => redact(str_repeat('x', 16 * 1024 * 1024 + 1)),
            static fn () => redact(str_repeat('a@b.co ', 100_001)),
            static fn () => restore(str_repeat('[IP_1]', 100), ['[IP_1]' => str_repeat('x', 1024 * 1024)]),
        ];
        foreach ($calls as $call) {
            self::expectFailure(InvalidInput::class, 'payload_too_large', $call);
        }
    }

    public function testHostileTextTakesLinearTime(): void
    {
        $units = ['a', '1', '@', '.', ':', '-', '1.', '0 1', 'a@', '@a.', 'a://b:', 'eyJ', 'sk-', 'whsec_/', '-----BEGIN ',
            '-----BEGIN PRIVATE KEY-----', '[EMAIL_', '4111 ', "\u{1F468}\u{200D}"];
        foreach ($units as $unit) {
            $begun = self::processorSeconds();
            redact(str_repeat($unit, intdiv(1 << 18, strlen($unit))));
            self::assertLessThan(5, self::processorSeconds() - $begun, $unit);
        }
    }

    /** What this process has worked: a busy machine makes a text slower, but not more work. */
    private static function processorSeconds(): float
    {
        $usage = (array) getrusage();

        return $usage['ru_utime.tv_sec'] + $usage['ru_utime.tv_usec'] / 1e6;
    }
}
