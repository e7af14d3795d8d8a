<?php

declare(strict_types=1);

namespace Platen\Tests\Job;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Job\JobId;

final class JobIdTest extends TestCase
{
    public function testAGeneratedIdIsReadBack(): void
    {
        for ($i = 0; $i < 200; ++$i) {
            $id = JobId::generate();

            self::assertTrue(JobId::fromString($id->value)->equals($id));
        }
    }

    public function testTheFirstBitsAreTheTime(): void
    {
        $id = JobId::generate(0x0193d2e00000);

        self::assertStringStartsWith('0193d2e0-0000-7', $id->value);
        self::assertLessThan(JobId::generate(0x0193d2e00001)->value, $id->value);
    }

    public function testTwoIdsOfOneMillisecondDiffer(): void
    {
        self::assertNotSame(JobId::generate(1)->value, JobId::generate(1)->value);
    }

    /** @return array<string, array{string}> */
    public static function otherTexts(): array
    {
        return [
            'empty' => [''],
            'upper case' => ['0193D2E0-0000-7000-8000-000000000000'],
            'another version' => ['0193d2e0-0000-4000-8000-000000000000'],
            'another variant' => ['0193d2e0-0000-7000-c000-000000000000'],
            'a line feed at the end' => ["0193d2e0-0000-7000-8000-000000000000\n"],
            'braces' => ['{0193d2e0-0000-7000-8000-000000000000}'],
        ];
    }

    /** @dataProvider otherTexts */
    public function testOtherTextsAreRefused(string $text): void
    {
        $this->expectException(InvalidInput::class);

        JobId::fromString($text);
    }
}
