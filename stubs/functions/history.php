<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;

/**
 * # History
 *
 * What of a conversation is sent again.
 */

/**
 * Drops the oldest messages until the rest costs at most `$max_tokens` less `$reserve`.
 *
 * System messages, pinned messages and the newest question always stay; a tool call and its results stay or go
 * together. The messages that stay are shared with the array that was passed in, not copied. Counts of messages are
 * remembered, so that trimming a conversation again after each turn costs little.
 *
 * Options: `keep_first` messages at the beginning stay as if they were pinned. `summary` is the text of a system
 * message that stands where the first messages were dropped, and is counted. With `truncate` the end of the newest
 * question is cut when what must stay does not fit.
 *
 * The report tells which messages stayed and which went, by their places in `$messages`; the place of the one whose end
 * was cut; the place of the summary in the new list; what the conversation cost before and costs now; the budget; and
 * whether the counts are estimates, and how good, as model_info() does.
 *
 * @param list<array{role: 'system'|'developer'|'user'|'assistant'|'tool',
 *     content?: string|null|list<array<string, mixed>>, name?: string, pinned?: bool,
 *     tool_calls?: list<array{id: string, function: array{name: string, arguments: string}, ...}>,
 *     tool_call_id?: string, ...}> $messages Oldest first. `pinned` is ours and costs nothing.
 * @param non-negative-int $max_tokens What the model takes, or what you want to pay for.
 * @param non-negative-int $reserve Kept free for the answer.
 * @param array{keep_first?: non-negative-int, summary?: string, truncate?: bool} $options As described above.
 * @return array{messages: list<array<string, mixed>>, report: array{kept: list<non-negative-int>,
 *     dropped: list<non-negative-int>, truncated: non-negative-int|null, summary_at: non-negative-int|null,
 *     tokens_before: non-negative-int, tokens_after: non-negative-int, max_tokens: non-negative-int,
 *     reserve: non-negative-int, is_estimate: bool, error_percent: int<0, 100>}}
 * @throws InvalidInput `invalid_request` when a message is malformed, there is no such option, or what must stay does
 *     not fit; `payload_too_large` when all texts together are longer, or memory_limit has no room for the result.
 * @limit 16 MiB of text in all messages together.
 * @polyfill Trims by the estimate, so it rather drops more.
 * @example
 * ```php
 * $messages = [
 *     ['role' => 'system', 'content' => 'You answer for a flower shop.'],
 *     ['role' => 'user', 'content' => str_repeat('Tell me everything about roses. ', 40)],
 *     ['role' => 'assistant', 'content' => str_repeat('Roses are wonderful. ', 40)],
 *     ['role' => 'user', 'content' => 'And tulips?'],
 * ];
 * $trimmed = Platen\trim_history($messages, 200, 'gpt-4o', reserve: 100);
 * foreach ($trimmed['messages'] as $message) {
 *     echo $message['role'], ': ', $message['content'], "\n";
 * }
 * echo count($trimmed['report']['dropped']), ' dropped, ', $trimmed['report']['tokens_after'], ' tokens are left';
 * ```
 * ```text
 * system: You answer for a flower shop.
 * user: And tulips?
 * 2 dropped, 19 tokens are left
 * ```
 */
function trim_history(
    array $messages,
    int $max_tokens,
    string $model = '',
    int $reserve = 0,
    array $options = []
): array {
}
