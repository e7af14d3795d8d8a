<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * Chooses the messages of a conversation that fit a budget of tokens.
 *
 * - System messages and pinned messages stay, and so does the newest message of the user.
 * - Of the others the newest stay, without a gap: the first one that does not fit goes, and all before it.
 * - A tool call and its results stay or go together. A result whose call is not in the conversation goes.
 * - The first message that is neither a system message nor pinned is one of the user.
 *
 * @internal
 */
final class History
{
    /**
     * @param array<mixed> $messages
     * @return array{messages: list<array<mixed>>, kept: int, dropped: int, tokens_before: int, tokens_after: int}
     */
    public static function trim(array $messages, int $maxTokens, string $model, int $reserve): array
    {
        foreach (['max_tokens' => $maxTokens, 'reserve' => $reserve] as $name => $amount) {
            if ($amount < 0) {
                throw Fault::invalidInput("$name must not be negative");
            }
        }
        $messages = array_values($messages);
        $costs = MessageCost::ofAll($messages, $model);

        $places = self::keep($costs, max(0, $maxTokens - $reserve));
        $sum = static fn (array $some): int => array_sum(array_column($some, 'tokens'));

        return [
            'messages' => array_map(static fn (int $place): array => $messages[$place], $places),
            'kept' => count($places),
            'dropped' => count($messages) - count($places),
            'tokens_before' => $sum($costs),
            'tokens_after' => $sum(array_map(static fn (int $place): MessageCost => $costs[$place], $places)),
        ];
    }

    /**
     * Gives the places of the messages that stay.
     *
     * @param list<MessageCost> $costs
     * @return list<int>
     * @throws InvalidInput If the messages that always stay cost more than is available.
     */
    public static function keep(array $costs, int $available): array
    {
        $groups = MessageGroup::ofAll($costs);
        $needed = 0;
        foreach ($groups as $group) {
            $needed += $group->mustStay ? $group->tokens : 0;
        }
        if ($needed > $available) {
            throw Fault::invalidInput(
                "the messages that must stay need $needed tokens, and the budget has $available"
            );
        }
        $chosen = self::withoutHeadlessStart(self::choose($groups, $available - $needed));
        $places = array_merge(...array_column($chosen, 'members'));
        sort($places);

        return $places;
    }

    /**
     * The groups that stay: those that always do, and of the others the newest that cost at most `room`.
     *
     * @param list<MessageGroup> $groups
     * @return list<MessageGroup>
     */
    private static function choose(array $groups, int $room): array
    {
        $chosen = [];
        foreach (array_reverse($groups) as $group) {
            if ($group->mustStay) {
                $chosen[] = $group;
            } elseif (!$group->isOrphan) {
                $room = $room < 0 ? -1 : $room - $group->tokens;
                if ($room >= 0) {
                    $chosen[] = $group;
                }
            }
        }

        return array_reverse($chosen);
    }

    /**
     * Drops what would come before the first question.
     *
     * @param list<MessageGroup> $chosen
     * @return list<MessageGroup>
     */
    private static function withoutHeadlessStart(array $chosen): array
    {
        $hasBegun = false;
        $rest = [];
        foreach ($chosen as $group) {
            $hasBegun = $hasBegun || $group->beginsTurn;
            if ($hasBegun || $group->mustStay) {
                $rest[] = $group;
            }
        }

        return $rest;
    }
}
