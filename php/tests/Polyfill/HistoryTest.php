<?php

declare(strict_types=1);

namespace Platen\Tests\Polyfill;

use PHPUnit\Framework\TestCase;
use Platen\Polyfill\BudgetTooSmall;
use Platen\Polyfill\History;
use Platen\Polyfill\MessageCost;
use Platen\Tests\Fixture\Vectors;

/**
 * The choice alone, with costs as given: the extension's is proved against the same vectors in Rust.
 */
final class HistoryTest extends TestCase
{
    /** @return array<string, array{array<string, mixed>}> */
    public static function conversations(): array
    {
        return Vectors::cases('trim/conversations.json');
    }

    /**
     * @dataProvider conversations
     * @param array<string, mixed> $case
     */
    public function testAConversationIsTrimmedAsTheVectorSays(array $case): void
    {
        $costs = array_map(static fn (array $message): MessageCost => new MessageCost(
            $message['role'],
            $message['tokens'],
            $message['is_pinned'] ?? false,
            $message['tool_call_ids'] ?? [],
            $message['answers_to'] ?? null
        ), $case['messages']);
        $available = max(0, $case['max_tokens'] - $case['reserve_for_output']);
        if (isset($case['error'])) {
            $this->expectException(BudgetTooSmall::class);
            $this->expectExceptionMessage("need {$case['error']['needed']} tokens");
        }

        self::assertSame($case['kept'] ?? null, History::keep($costs, $available));
    }
}
