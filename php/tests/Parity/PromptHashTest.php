<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\Vectors;

use function Platen\prompt_hash;

final class PromptHashTest extends TestCase
{
    /** @return array<string, array{array<string, mixed>}> */
    public static function prompts(): array
    {
        return Vectors::cases('prompt-hash/prompts.json');
    }

    /**
     * @dataProvider prompts
     * @param array<string, mixed> $case
     */
    public function testAPromptHasTheGoldenHash(array $case): void
    {
        if (!class_exists(\Normalizer::class) && str_contains($case['name'], 'form C')) {
            self::markTestSkipped('normalising needs intl');
        }
        // Objects stay objects: an empty array would be an empty list.
        $content = (string) file_get_contents(Vectors::path('prompt-hash/prompts.json'));
        $values = json_decode($content, false, 512, JSON_THROW_ON_ERROR);
        $names = array_column($values, 'name');
        $value = $values[array_search($case['name'], $names, true)]->value;

        self::assertSame($case['hash'], prompt_hash($value));
    }

    public function testAPromptHasTheGoldenHashOfEachRule(): void
    {
        if (!class_exists(\Normalizer::class)) {
            self::markTestSkipped('normalising needs intl');
        }
        $content = (string) file_get_contents(Vectors::path('prompt-hash/rules.json'));
        $vectors = json_decode($content, false, 512, JSON_THROW_ON_ERROR);
        self::assertGreaterThan(50, count($vectors));
        foreach ($vectors as $vector) {
            self::assertSame($vector->hash, prompt_hash($vector->value, (array) $vector->options), $vector->name);
        }
    }

    /** @return array<string, array{array<mixed>}> */
    public static function unknownOptions(): array
    {
        return [
            'a name' => [['spaces' => 1]],
            'a version' => [['version' => 2]],
            'a version as text' => [['version' => '1']],
            'a rule' => [['whitespace' => 'none']],
            'a rule that is no text' => [['case' => true]],
            'null' => [['case' => null]],
            'a list' => [['fold']],
        ];
    }

    /**
     * @dataProvider unknownOptions
     * @param array<mixed> $options
     */
    public function testAnUnknownOptionIsRefused(array $options): void
    {
        $this->expectException(InvalidInput::class);

        prompt_hash('x', $options);
    }

    public function testTheOrderOfMembersDoesNotMatter(): void
    {
        self::assertSame(prompt_hash(['a' => 1, 'b' => 2]), prompt_hash(['b' => 2.0, 'a' => 1]));
        self::assertNotSame(prompt_hash(['a', 'b']), prompt_hash(['b', 'a']));
    }

    /** @return array<string, array{mixed}> */
    public static function valuesWithoutJson(): array
    {
        $deep = [];
        for ($level = 0; $level < 70; ++$level) {
            $deep = [$deep];
        }

        return [
            'text that is not UTF-8' => ["\xff"],
            'a key that is not UTF-8' => [["\xff" => 1]],
            'an infinite number' => [[INF]],
            'no number' => [NAN],
            'an object' => [new \ArrayObject()],
            'too deep' => [$deep],
        ];
    }

    /** @dataProvider valuesWithoutJson */
    public function testAValueWithoutJsonIsRefused(mixed $value): void
    {
        $this->expectException(InvalidInput::class);

        prompt_hash($value);
    }
}
