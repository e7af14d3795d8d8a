<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\Vectors;

use function Platen\count_tokens;

/**
 * The extension counts; the polyfill estimates. That is the one difference that is allowed, and its size is fixed here.
 */
final class TokensTest extends TestCase
{
    use ExpectsFailures;

    /** How far below the exact count an estimate of one text may lie, as a factor. */
    private const LOWEST = 0.9;
    /** How far above, as a factor and a few tokens for short texts. */
    private const HIGHEST = 2.0;
    private const SLACK_TOKENS = 3;

    /** @return array<string, array{array<string, mixed>}> */
    public static function models(): array
    {
        return Vectors::cases('tokens/models.json');
    }

    /**
     * @dataProvider models
     * @param array<string, mixed> $case
     */
    public function testATextIsCountedAsTheModelCountsIt(array $case): void
    {
        $tokens = count_tokens($case['text'], $case['model']);

        if (extension_loaded('platen')) {
            self::assertSame($case['tokens'], $tokens);
        } else {
            self::assertGreaterThanOrEqual(floor($case['tokens'] * self::LOWEST), $tokens);
            self::assertLessThanOrEqual($case['tokens'] * self::HIGHEST + self::SLACK_TOKENS, $tokens);
        }
    }

    public function testProseIsNotUnderestimated(): void
    {
        $exact = $tokens = 0;
        foreach (Vectors::cases('tokens/exact.json') as [$case]) {
            // Runs of one character are what no text of a person looks like.
            if ($case['encoding'] === 'o200k_base' && count(array_unique(mb_str_split($case['text']))) > 4) {
                $exact += $case['tokens'];
                $tokens += count_tokens($case['text'], 'gpt-4o');
            }
        }

        self::assertGreaterThan(100, $exact);
        self::assertGreaterThanOrEqual($exact, $tokens);
        self::assertLessThanOrEqual($exact * 1.5, $tokens);
    }

    public function testALongerTextHasNotFewerTokens(): void
    {
        $text = 'Grüße aus 東京, wo es 2026 so schön ist! ';

        self::assertSame(0, count_tokens('', 'gpt-4o'));
        $tokens = count_tokens($text, 'gpt-4o');
        self::assertGreaterThanOrEqual($tokens * 8, count_tokens(str_repeat($text, 10), 'gpt-4o'));
    }

    public function testBytesThatAreNotUtf8AreCountedAndNotRefused(): void
    {
        self::assertGreaterThan(0, count_tokens("caf\xe9 \xff", 'gpt-4o'));
    }

    public function testATextOverTheLimitIsRefused(): void
    {
        $text = str_repeat('a', 16 * 1024 * 1024 + 1);

        self::expectFailure(InvalidInput::class, 'payload_too_large', static fn () => count_tokens($text));
    }
}
