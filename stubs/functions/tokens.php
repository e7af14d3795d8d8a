<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;

/**
 * # Tokens
 *
 * What a text costs, before it is sent.
 *
 * `$model` is the name of a model as its provider writes it, such as `gpt-4o`; model_info() tells what is known.
 * Counts are exact for OpenAI's models. For those without a public tokenizer they are estimates, rather too high.
 * Texts are bytes: what is not UTF-8 counts as U+FFFD, and nothing is refused but too long a text.
 * The tables are part of the library, so the first call of a worker costs no more than the next.
 *
 * @uses TokenCounter
 */

/**
 * Counts the tokens of a text: exactly for OpenAI's models, by an estimate that is rather high for the others. By how
 * much an estimate may err is in model_info().
 *
 * @param string $text At most 16 MiB; bytes that are not UTF-8 count as U+FFFD.
 * @param string $model The name of the model, as its provider writes it; an unknown one, and none, is estimated.
 * @return non-negative-int
 * @throws InvalidInput `payload_too_large` when the text is longer.
 * @link https://github.com/openai/tiktoken tiktoken: the same ids and counts, for every encoding of model_info()
 * @limit 16 MiB of text; time and memory are linear in its length.
 * @polyfill Every count is an estimate.
 * @example
 * ```php
 * echo Platen\count_tokens('Ask our shop anything.', 'gpt-4o');
 * ```
 * ```text
 * 5
 * ```
 */
function count_tokens(string $text, string $model = ''): int
{
}

/**
 * Counts what a chat request with these messages costs: exactly for the texts of OpenAI's models, else by an estimate.
 *
 * Each message costs 3 and its role, content, name (and 1) and tool calls (name and arguments); the request costs 3
 * more. An image costs 85, and in high detail 170 for each tile of 512 pixels squared (OpenAI's formula for GPT-4o);
 * one whose part has no `width` and `height` counts as 1024 by 1024 pixels.
 *
 * @param list<array{role: 'system'|'developer'|'user'|'assistant'|'tool',
 *     content?: string|null|list<array<string, mixed>>, name?: string, tool_calls?: list<array<string, mixed>>, ...}> $messages
 *     As the chat completions of OpenAI take them.
 * @param string $model The name of the model; an unknown one, and none, is estimated.
 * @return positive-int
 * @throws InvalidInput `invalid_request` when a message is malformed; `payload_too_large` when all texts
 *     together are longer.
 * @link https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb OpenAI's cookbook on counting messages
 * @limit 16 MiB of text in all messages together.
 * @polyfill Every count is an estimate.
 * @example
 * ```php
 * $messages = [
 *     ['role' => 'system', 'content' => 'You answer for a flower shop.'],
 *     ['role' => 'user', 'content' => 'Do you deliver on Sundays?'],
 * ];
 * echo Platen\count_message_tokens($messages, 'gpt-4o');
 * ```
 * ```text
 * 24
 * ```
 */
function count_message_tokens(array $messages, string $model = ''): int
{
}

/**
 * Gives the ids of a text's tokens. For a model whose vocabulary is not public they are those of `o200k_base`.
 *
 * Special tokens such as `<|endoftext|>` are ordinary text. The polyfill cannot do this and throws InternalError with
 * `extension_required`.
 *
 * @param string $text At most 16 MiB; bytes that are not UTF-8 are taken for U+FFFD.
 * @return list<non-negative-int>
 * @throws InvalidInput `payload_too_large` when the text is longer, or memory_limit has no room for the ids.
 * @link https://github.com/openai/tiktoken tiktoken's `encode_ordinary`
 * @limit 16 MiB of text.
 * @polyfill Throws: the vocabularies are part of the extension.
 * @example
 * ```php
 * echo implode(' ', Platen\encode('Hello, WordPress', 'gpt-4o'));
 * ```
 * ```text
 * 13225 11 10503 7572
 * ```
 */
function encode(string $text, string $model = ''): array
{
}

/**
 * Gives the bytes that token ids stand for. They need not be UTF-8: a token can be a part of a character.
 *
 * The polyfill cannot do this and throws InternalError with `extension_required`.
 *
 * @param list<non-negative-int> $tokens As encode() gives them.
 * @throws InvalidInput `invalid_request` when an id is none of the encoding's ordinary tokens; `payload_too_large` when
 *     the text is longer, or memory_limit has no room for it.
 * @link https://github.com/openai/tiktoken tiktoken's `decode_bytes`
 * @limit 16 MiB of text.
 * @polyfill Throws: the vocabularies are part of the extension.
 * @example
 * ```php
 * echo Platen\decode([13225, 11, 10503, 7572], 'gpt-4o');
 * ```
 * ```text
 * Hello, WordPress
 * ```
 */
function decode(array $tokens, string $model = ''): string
{
}

/**
 * Cuts a text where a token ends, so that count_tokens() gives at most `$max` for the rest.
 *
 * @param string $text At most 16 MiB.
 * @param non-negative-int $max The most tokens that may be left.
 * @param 'end'|'start' $from Which end is cut off.
 * @throws InvalidInput `payload_too_large` when the text is longer, or memory_limit has no room for the rest;
 *     `invalid_request` when the number is negative or there is no such end.
 * @limit 16 MiB of text.
 * @polyfill Cuts by the estimate, so the rest is rather shorter.
 * @example
 * ```php
 * $post = 'Our roses come from Kenya, our tulips from Holland.';
 * echo Platen\truncate_tokens($post, 6, 'gpt-4o');
 * ```
 * ```text
 * Our roses come from Kenya,
 * ```
 */
function truncate_tokens(string $text, int $max, string $model = '', string $from = 'end'): string
{
}

/**
 * Splits a text into parts for each of which count_tokens() gives at most `$size`.
 *
 * A part ends where a paragraph, else a line, a sentence or a word does, if one does in its second half. Each part but
 * the first begins with up to `$overlap` tokens of the one before; without overlap the parts together are the text.
 *
 * @param string $text At most 16 MiB.
 * @param int<8, max> $size The most tokens of a part.
 * @param non-negative-int $overlap How many tokens of the part before a part repeats; less than half of the size.
 * @return list<non-empty-string>
 * @throws InvalidInput `payload_too_large` when the text is longer, or memory_limit has no room for the parts;
 *     `invalid_request` when a number is out of its range.
 * @limit 16 MiB of text.
 * @polyfill Splits by the estimate, so the parts are rather shorter.
 * @example
 * ```php
 * $page = "Roses need sun. Water them twice a week.\n\nTulips need cold. Plant them in autumn.";
 * foreach (Platen\split_tokens($page, 12, model: 'gpt-4o') as $part) {
 *     echo trim($part), "\n";
 * }
 * ```
 * ```text
 * Roses need sun. Water them twice a week.
 * Tulips need cold. Plant them in autumn.
 * ```
 */
function split_tokens(string $text, int $size, int $overlap = 0, string $model = ''): array
{
}

/**
 * Tells what is known of a model from its name. The longest known beginning of the name decides; who serves the model
 * (`openai/…`, `us.anthropic.…`), case and the mark of a fine-tuned model do not matter. A model that is not known is
 * estimated over all vocabularies, with a window of 8192 tokens and answers of 2048.
 *
 * `is_estimate` is false when counts are the model's own. An estimate weighs what `encoding` counts by the script it is
 * written in, and gives rather too much than too little; `error_percent` says by how many percent of the estimate the
 * model's own count may differ from it, up or down: 99 of 100 texts of 1 KB keep to it. docs/tokens.md tells how it was
 * calibrated. `context_tokens` is what the model takes in and gives out together, `max_output_tokens` its longest answer.
 *
 * @return array{encoding: 'o200k_base'|'o200k_harmony'|'cl100k_base'|'p50k_base'|'r50k_base', is_estimate: bool,
 *     error_percent: int<0, 100>, context_tokens: positive-int, max_output_tokens: non-negative-int}
 * @polyfill `is_estimate` is always true, and the error larger.
 * @example
 * ```php
 * $info = Platen\model_info('gpt-4o');
 * echo $info['encoding'], ' ', $info['context_tokens'], ' ', $info['max_output_tokens'];
 * ```
 * ```text
 * o200k_base 128000 16384
 * ```
 */
function model_info(string $model): array
{
}
