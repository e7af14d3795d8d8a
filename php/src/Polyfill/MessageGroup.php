<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * Messages that stay or go together: a tool call with its results, or one message.
 *
 * @internal
 */
final class MessageGroup
{
    /** @var list<int> The places of the messages, in order. */
    public array $members = [];
    public int $tokens = 0;
    public bool $mustStay = false;

    private function __construct(public readonly bool $beginsTurn, public readonly bool $isOrphan)
    {
    }

    /**
     * Groups a conversation, in the order of the groups' first messages.
     *
     * @param list<MessageCost> $costs
     * @return list<self>
     */
    public static function ofAll(array $costs, int $keepFirst = 0): array
    {
        $questions = array_keys(array_filter($costs, static fn (MessageCost $cost): bool => $cost->isQuestion()));
        $newestQuestion = $questions === [] ? null : max($questions);
        $groups = [];
        // Some APIs count their call ids anew in each answer: a result belongs to the last call with its id.
        $callers = [];
        foreach ($costs as $place => $cost) {
            $caller = $cost->answersTo === null ? null : $callers['id ' . $cost->answersTo] ?? null;
            $own = $caller ?? count($groups);
            foreach ($cost->toolCallIds as $id) {
                $callers['id ' . $id] = $own;
            }
            $group = $groups[$own] ??= new self($cost->isQuestion(), $cost->isResult());
            $group->members[] = $place;
            $group->tokens += $cost->tokens;
            $isPinned = $cost->isPinned || $place < $keepFirst;
            $group->mustStay = $group->mustStay || $isPinned || $cost->isSystem() || $place === $newestQuestion;
        }

        return $groups;
    }
}
