<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\ExpectsFailures;

use function Platen\trim_history;

final class HistoryTest extends TestCase
{
    use ExpectsFailures;

    private const SYSTEM = ['role' => 'system', 'content' => 'You are kind.'];

    public function testWhatFitsStaysAsItIs(): void
    {
        $messages = [self::SYSTEM, self::user('Hi'), self::assistant('Hello!'), self::user('Bye')];

        $trimmed = trim_history($messages, 1000, 'gpt-4o');

        self::assertSame($messages, $trimmed['messages']);
        self::assertSame([[0, 1, 2, 3], []], [$trimmed['report']['kept'], $trimmed['report']['dropped']]);
        self::assertSame($trimmed['report']['tokens_before'], $trimmed['report']['tokens_after']);
    }

    public function testTheOldestTurnsGoAndTheSystemMessageStays(): void
    {
        $long = str_repeat('word ', 200);
        $messages = [self::SYSTEM, self::user($long), self::assistant($long), self::user('Newest?')];

        $trimmed = trim_history($messages, 150, 'gpt-4o', 50);

        self::assertSame([self::SYSTEM, self::user('Newest?')], $trimmed['messages']);
        self::assertSame([[0, 3], [1, 2]], [$trimmed['report']['kept'], $trimmed['report']['dropped']]);
        self::assertSame([150, 50], [$trimmed['report']['max_tokens'], $trimmed['report']['reserve']]);
        self::assertLessThanOrEqual(100, $trimmed['report']['tokens_after']);
        self::assertGreaterThan(400, $trimmed['report']['tokens_before']);
    }

    public function testAToolCallAndItsResultAreNeverParted(): void
    {
        $call = ['role' => 'assistant', 'content' => null, 'tool_calls' => [
            ['id' => 'c1', 'function' => ['name' => 'weather', 'arguments' => str_repeat('{"x":1}', 100)]],
        ]];
        $messages = [
            self::user('Weather?'),
            $call,
            ['role' => 'tool', 'tool_call_id' => 'c1', 'content' => 'Sunny'],
            self::user('And now?'),
        ];

        self::assertSame([self::user('And now?')], trim_history($messages, 60, 'gpt-4o')['messages']);
        self::assertSame($messages, trim_history($messages, 5000, 'gpt-4o')['messages']);
    }

    public function testAResultWithoutItsCallGoes(): void
    {
        $orphan = ['role' => 'tool', 'tool_call_id' => 'gone', 'content' => 'x'];

        self::assertSame([self::user('Hi')], trim_history([$orphan, self::user('Hi')], 100)['messages']);
    }

    public function testAPinnedMessageStays(): void
    {
        $pinned = self::user('Remember me') + ['pinned' => true];
        $messages = [$pinned, self::assistant(str_repeat('word ', 200)), self::user('Newest?')];

        self::assertSame([$pinned, self::user('Newest?')], trim_history($messages, 60, 'gpt-4o')['messages']);
    }

    public function testNoMessagesAreNoMessages(): void
    {
        $trimmed = trim_history([], 0);

        self::assertSame([], $trimmed['messages']);
        self::assertSame([[], [], 0], [
            $trimmed['report']['kept'],
            $trimmed['report']['dropped'],
            $trimmed['report']['tokens_before'],
        ]);
    }

    /** @return array<string, array{array<mixed>, int, int}> */
    public static function refused(): array
    {
        return [
            'what must stay does not fit' => [[self::user(str_repeat('word ', 50))], 20, 0],
            'a negative budget' => [[], -1, 0],
            'a negative reserve' => [[], 1, -1],
            'a message that is no array' => [['Hi'], 100, 0],
            'no role' => [[['content' => 'Hi']], 100, 0],
            'another role' => [[['role' => 'bot', 'content' => 'Hi']], 100, 0],
            'content that is no text' => [[['role' => 'user', 'content' => ['Hi']]], 100, 0],
            'content that is not UTF-8' => [[['role' => 'user', 'content' => "\xff"]], 100, 0],
            'pinned that is no flag' => [[self::user('Hi') + ['pinned' => 1]], 100, 0],
            'tool calls that are no list' => [[['role' => 'assistant', 'tool_calls' => 'c1']], 100, 0],
            'a tool call that is no array' => [[['role' => 'assistant', 'tool_calls' => ['c1']]], 100, 0],
        ];
    }

    /**
     * @dataProvider refused
     * @param array<mixed> $messages
     */
    public function testWhatCannotBeTrimmedIsRefused(array $messages, int $maxTokens, int $reserve): void
    {
        $trim = static fn () => trim_history($messages, $maxTokens, 'gpt-4o', $reserve);

        self::expectFailure(InvalidInput::class, 'invalid_request', $trim);
    }

    /** @return array{role: string, content: string} */
    public function testTheFirstMessagesStayWhenTheyAreWanted(): void
    {
        $long = str_repeat('word ', 200);
        $messages = [self::user('First?'), self::assistant('Yes'), self::user($long), self::user('Newest?')];

        $trimmed = trim_history($messages, 100, 'gpt-4o', 0, ['keep_first' => 2]);

        self::assertSame([$messages[0], $messages[1], $messages[3]], $trimmed['messages']);
        self::assertNull($trimmed['report']['truncated']);
    }

    public function testASummaryStandsWhereMessagesWereDropped(): void
    {
        $long = str_repeat('word ', 200);
        $messages = [self::SYSTEM, self::user($long), self::assistant($long), self::user('Newest?')];
        $summary = ['role' => 'system', 'content' => 'They talked about words.'];
        $options = ['summary' => $summary['content']];

        $trimmed = trim_history($messages, 100, 'gpt-4o', 0, $options);

        self::assertSame([self::SYSTEM, $summary, self::user('Newest?')], $trimmed['messages']);
        self::assertSame([[0, 3], [1, 2]], [$trimmed['report']['kept'], $trimmed['report']['dropped']]);
        self::assertSame(1, $trimmed['report']['summary_at']);
        self::assertSame(
            trim_history($trimmed['messages'], 100, 'gpt-4o')['report']['tokens_before'],
            $trimmed['report']['tokens_after']
        );
        self::assertSame($messages, trim_history($messages, 9000, 'gpt-4o', 0, $options)['messages']);
    }

    public function testAQuestionThatIsTooLongIsCutOnRequest(): void
    {
        $long = str_repeat('word ', 500);
        $messages = [self::SYSTEM, self::user(str_repeat('old ', 50)), self::user($long)];

        $trimmed = trim_history($messages, 100, 'gpt-4o', 10, ['truncate' => true, 'summary' => 'Old.']);

        [$system, $summary, $question] = $trimmed['messages'];
        self::assertSame([self::SYSTEM, 'Old.'], [$system, $summary['content']]);
        self::assertStringStartsWith('word word', $question['content']);
        self::assertTrue(str_starts_with($long, $question['content']));
        self::assertSame(2, $trimmed['report']['truncated']);
        self::assertLessThanOrEqual(90, $trimmed['report']['tokens_after']);
        self::assertGreaterThan(70, $trimmed['report']['tokens_after']);
        self::assertGreaterThan(500, $trimmed['report']['tokens_before']);
        self::assertSame($long, $messages[2]['content']);
        self::expectFailure(
            InvalidInput::class,
            'invalid_request',
            static fn () => trim_history($messages, 100, 'gpt-4o', 10)
        );
    }

    public function testOptionsAreChecked(): void
    {
        foreach ([['keep_last' => 1], ['keep_first' => -1], ['summary' => 1], ['truncate' => 1], [1]] as $options) {
            self::expectFailure(
                InvalidInput::class,
                'invalid_request',
                static fn () => trim_history([], 1, '', 0, $options)
            );
        }
    }

    private static function user(string $content): array
    {
        return ['role' => 'user', 'content' => $content];
    }

    /** @return array{role: string, content: string} */
    private static function assistant(string $content): array
    {
        return ['role' => 'assistant', 'content' => $content];
    }
}
