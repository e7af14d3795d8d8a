<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InternalError;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\Vectors;
use Platen\TokenCounter;

use function Platen\count_message_tokens;
use function Platen\count_tokens;
use function Platen\decode;
use function Platen\encode;
use function Platen\model_info;
use function Platen\split_tokens;
use function Platen\truncate_tokens;

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

    /** @return array<string, array{string}> */
    public static function texts(): array
    {
        $long = "A first paragraph of a text.\n\nIts second one has two sentences. Here is the other.\nA line.\n";

        return [
            'prose' => [str_repeat($long, 30)],
            'languages' => [str_repeat('Grüße aus 東京。Привет, мир! ', 40)],
            'one run' => [str_repeat('a', 3000)],
            'emoji' => [str_repeat('👩‍👧 ', 200)],
            'nothing' => [''],
        ];
    }

    /** @dataProvider texts */
    public function testATruncatedTextFitsAndIsAnEndOfTheText(string $text): void
    {
        foreach ([0, 1, 7, 50, 100000] as $max) {
            $head = truncate_tokens($text, $max, 'gpt-4o');
            $tail = truncate_tokens($text, $max, 'gpt-4o', 'start');

            self::assertTrue(str_starts_with($text, $head));
            self::assertTrue(str_ends_with($text, $tail));
            self::assertLessThanOrEqual($max, count_tokens($head, 'gpt-4o'));
            self::assertLessThanOrEqual($max, count_tokens($tail, 'gpt-4o'));
            self::assertTrue(mb_check_encoding($head . $tail, 'UTF-8'));
        }
        self::assertSame($text, truncate_tokens($text, 100000, 'gpt-4o'));
    }

    /** @dataProvider texts */
    public function testPartsFitAndTogetherAreTheText(string $text): void
    {
        $parts = split_tokens($text, 40, 0, 'gpt-4o');

        self::assertSame($text, implode('', $parts));
        foreach ($parts as $part) {
            self::assertLessThanOrEqual(40, count_tokens($part, 'gpt-4o'));
        }
    }

    public function testPartsOfMixedScriptsFitForEveryEstimate(): void
    {
        $fragments = ['“', 'Հայաստանի', 'العربية', 'é', '漢字。', "\u{A0}\n", "\u{3000}", ' ', "\n\n", '123', 'Word', '👩‍👧', '!?'];
        mt_srand(1);
        for ($round = 0; $round < 150; ++$round) {
            $text = '';
            for ($count = mt_rand(1, 30); $count > 0; --$count) {
                $text .= str_repeat($fragments[mt_rand(0, count($fragments) - 1)], mt_rand(1, 5));
            }
            foreach (['claude-sonnet-4-5', 'gemini-2.5-pro', 'unknown'] as $model) {
                $size = mt_rand(8, 40);
                $overlap = mt_rand(0, 1) * mt_rand(0, 3);
                foreach ($parts = split_tokens($text, $size, $overlap, $model) as $part) {
                    self::assertLessThanOrEqual($size, count_tokens($part, $model), "$part for $model");
                }
                self::assertSame($text, $overlap > 0 ? $text : implode('', $parts));
            }
        }
    }

    /** @dataProvider texts */
    public function testPartsWithAnOverlapRepeatTheEndOfTheOneBefore(string $text): void
    {
        $parts = split_tokens($text, 40, 10, 'gpt-4o');

        $place = 0;
        foreach ($parts as $part) {
            $start = strpos($text, $part, max(0, $place - strlen($part)));
            self::assertIsInt($start);
            self::assertLessThanOrEqual($place, $start);
            self::assertLessThanOrEqual(40, count_tokens($part, 'gpt-4o'));
            $place = max($place, $start + strlen($part));
        }
        self::assertGreaterThanOrEqual(strlen($text) === 0 ? 0 : 1, $place);
    }

    public function testPartsHaveSizes(): void
    {
        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => split_tokens('x', 7));
        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => split_tokens('x', 8, 4));
        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => split_tokens('x', 8, -1));
        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => truncate_tokens('x', -1));
        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => truncate_tokens('x', 1, '', 'x'));
    }

    public function testACounterGivesTheCountOfWhatWasPushed(): void
    {
        $text = str_repeat("Grüße 👩‍👧, don't!\n  12345 ABC漢字def ", 3);
        $counter = new TokenCounter('gpt-4o');
        foreach (str_split($text, 5) as $number => $part) {
            $counter->push($part);
            self::assertSame(count_tokens(substr($text, 0, 5 * $number + 5), 'gpt-4o'), $counter->count());
        }
    }

    public function testTheMessagesOfARequestAreCounted(): void
    {
        $message = static fn (mixed $content): array => [['role' => 'user', 'content' => $content]];
        $empty = count_message_tokens($message(''), 'gpt-4o');
        $image = ['type' => 'image_url', 'image_url' => ['url' => 'x']];

        self::assertSame(7, $empty);
        self::assertSame(3, count_message_tokens([]));
        self::assertSame($empty + 765, count_message_tokens($message([$image]), 'gpt-4o'));
        $image += ['width' => 2048, 'height' => 4096];
        self::assertSame($empty + 1105, count_message_tokens($message([$image]), 'gpt-4o'));
        self::expectFailure(
            InvalidInput::class,
            'invalid_request',
            static fn () => count_message_tokens($message([['type' => 'sound']]))
        );
    }

    public function testIdsAreForTheExtensionOnly(): void
    {
        if (extension_loaded('platen')) {
            self::assertSame('Grüße', decode(encode('Grüße', 'gpt-4'), 'gpt-4'));
        } else {
            self::expectFailure(InternalError::class, 'extension_required', static fn () => encode('x'));
            self::expectFailure(InternalError::class, 'extension_required', static fn () => decode([1]));
        }
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function infos(): array
    {
        return Vectors::cases('tokens/model-info.json');
    }

    /**
     * @dataProvider infos
     * @param array<string, mixed> $case
     */
    public function testAModelIsKnownByItsName(array $case): void
    {
        $expected = $case['info'];
        if (!extension_loaded('platen')) {
            $expected = ['is_estimate' => true, 'error_percent' => 90] + $expected;
        }

        self::assertEquals($expected, model_info($case['name']));
    }
}
