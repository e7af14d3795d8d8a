<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

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
    /** The question is cut once for the messages that must stay, and once more for a summary. */
    private const MOST_CUTS = 2;

    /**
     * @param array<mixed> $messages
     * @param array<mixed> $options
     * @return array{messages: list<array<mixed>>, report: array{kept: list<int>, dropped: list<int>, truncated: int|null,
     *     summary_at: int|null, tokens_before: int, tokens_after: int, max_tokens: int, reserve: int, is_estimate: bool,
     *     error_percent: int}}
     */
    public static function trim(array $messages, int $maxTokens, string $model, int $reserve, array $options): array
    {
        foreach (['max_tokens' => $maxTokens, 'reserve' => $reserve] as $name => $amount) {
            if ($amount < 0) {
                throw Fault::invalidInput("$name must not be negative");
            }
        }
        $options = HistoryOptions::fromArray($options);
        $messages = array_values($messages);
        $available = max(0, $maxTokens - $reserve);
        $sum = static fn (array $some): int => array_sum(array_column($some, 'tokens'));
        $truncated = null;
        $original = $messages;
        for ($cuts = 0;; ++$cuts) {
            $costs = MessageCost::ofAll($messages, $model);
            $tokensBefore ??= $sum($costs);
            try {
                [$places, $marker] = self::keepWithMarker($costs, $available, $options, $model);
                break;
            } catch (BudgetTooSmall $tooSmall) {
                $excess = $tooSmall->needed - $available;
                $shorter = $options->truncate && $cuts < self::MOST_CUTS
                    ? self::withShorterQuestion($original, $messages, $costs, $excess, $model)
                    : null;
                if ($shorter === null) {
                    throw Fault::invalidInput($tooSmall->getMessage());
                }
                [$messages, $truncated] = $shorter;
            }
        }
        $kept = array_map(static fn (int $place): array => $messages[$place], $places);
        $before = 0;
        while (($places[$before] ?? null) === $before) {
            ++$before;
        }
        if ($marker > 0) {
            array_splice($kept, $before, 0, [['role' => 'system', 'content' => $options->summary]]);
        }

        $info = Models::info($model);

        return ['messages' => $kept, 'report' => [
            'kept' => $places,
            'dropped' => array_values(array_diff(array_keys($messages), $places)),
            'truncated' => $truncated,
            'summary_at' => $marker > 0 ? $before : null,
            'tokens_before' => $tokensBefore,
            'tokens_after' => $marker + $sum(array_map(static fn (int $place) => $costs[$place], $places)),
            'max_tokens' => $maxTokens,
            'reserve' => $reserve,
            'is_estimate' => $info['is_estimate'],
            'error_percent' => $info['error_percent'],
        ]];
    }

    /**
     * The places of the messages that stay, and what the summary costs that stands for those that go.
     *
     * @param list<MessageCost> $costs
     * @return array{list<int>, int}
     */
    private static function keepWithMarker(array $costs, int $available, HistoryOptions $options, string $model): array
    {
        $places = self::keep($costs, $available, $options->keepFirst);
        if ($options->summary === null || count($places) === count($costs)) {
            return [$places, 0];
        }
        $marker = MessageCost::ofAll([['role' => 'system', 'content' => $options->summary]], $model)[0]->tokens;

        return [self::keep($costs, $available, $options->keepFirst, $marker), $marker];
    }

    /**
     * The messages with the newest question cut, and its place; null when that cannot help.
     *
     * @param list<array<mixed>> $original
     * @param list<array<mixed>> $messages
     * @param list<MessageCost> $costs
     * @return array{list<array<mixed>>, int}|null
     */
    private static function withShorterQuestion(
        array $original,
        array $messages,
        array $costs,
        int $excess,
        string $model
    ): ?array {
        $questions = array_keys(array_filter($costs, static fn (MessageCost $cost): bool => $cost->isQuestion()));
        $place = $questions === [] ? null : max($questions);
        if ($place === null || !is_string($messages[$place]['content'] ?? null)) {
            return null;
        }
        $left = Tokens::count($messages[$place]['content'], $model) - $excess;
        if ($left < 0) {
            return null;
        }
        $messages[$place]['content'] = TokenParts::truncate($original[$place]['content'], $left, $model, 'end');

        return [$messages, $place];
    }

    /**
     * Gives the places of the messages that stay.
     *
     * @param list<MessageCost> $costs
     * @return list<int>
     * @throws BudgetTooSmall If the messages that always stay cost more than is available.
     */
    public static function keep(array $costs, int $available, int $keepFirst = 0, int $marker = 0): array
    {
        $groups = MessageGroup::ofAll($costs, $keepFirst);
        $needed = $marker;
        foreach ($groups as $group) {
            $needed += $group->mustStay ? $group->tokens : 0;
        }
        if ($needed > $available) {
            throw new BudgetTooSmall($needed, $available);
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
