<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * One message of a conversation: what it costs and what it belongs to, but not what it says.
 *
 * @internal
 */
final class MessageCost
{
    private const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'];

    /** What the name of a speaker costs beside its text. */
    private const NAME_TOKENS = 1;

    /** @param list<string> $toolCallIds The ids of the tool calls that the message makes. */
    public function __construct(
        private readonly string $role,
        public readonly int $tokens,
        public readonly bool $isPinned = false,
        public readonly array $toolCallIds = [],
        /** The id of the tool call whose result the message is. */
        public readonly ?string $answersTo = null
    ) {
    }

    /**
     * Reads all messages. Their texts together may be as long as one text.
     *
     * @param list<mixed> $messages
     * @return list<self>
     * @throws InvalidInput If a message is not of its documented form.
     */
    public static function ofAll(array $messages, string $model): array
    {
        $costs = [];
        $bytes = 0;
        foreach ($messages as $place => $message) {
            if (!is_array($message)) {
                throw self::refused($place, 'is not an array');
            }
            $costs[] = self::read($message, $place, $model, $bytes);
        }

        return $costs;
    }

    public function isQuestion(): bool
    {
        return $this->role === 'user' && $this->answersTo === null;
    }

    public function isResult(): bool
    {
        return $this->role === 'tool' || $this->answersTo !== null;
    }

    public function isSystem(): bool
    {
        return $this->role === 'system' || $this->role === 'developer';
    }

    /** @param array<mixed> $message */
    private static function read(array $message, int $place, string $model, int &$bytes): self
    {
        $role = self::text($message, 'role', $place) ?? '';
        if (!in_array($role, self::ROLES, true)) {
            throw self::refused($place, 'has no role of system, user, assistant or tool');
        }
        $tokens = Tokens::MESSAGE_OVERHEAD_TOKENS + Tokens::count($role, $model);
        $name = self::text($message, 'name', $place);
        if ($name !== null) {
            self::take($bytes, $name);
            $tokens += self::NAME_TOKENS + Tokens::count($name, $model);
        }
        $tokens += self::content($message, $place, $model, $bytes);
        $ids = [];
        foreach (self::toolCalls($message, $place) as $call) {
            if (is_string($call['id'] ?? null)) {
                $ids[] = $call['id'];
            }
            foreach (['name', 'arguments'] as $part) {
                $text = $call['function'][$part] ?? '';
                $text = is_string($text) ? $text : '';
                self::take($bytes, $text);
                $tokens += Tokens::count($text, $model);
            }
        }
        $isPinned = $message['pinned'] ?? false;
        if (!is_bool($isPinned)) {
            throw self::refused($place, 'has a pinned that is neither true nor false');
        }

        return new self($role, $tokens, $isPinned, $ids, self::text($message, 'tool_call_id', $place));
    }

    /**
     * The content is text, or a list of parts.
     *
     * @param array<mixed> $message
     */
    private static function content(array $message, int $place, string $model, int &$bytes): int
    {
        $parts = $message['content'] ?? null;
        if (!is_array($parts)) {
            $parts = [['type' => 'text', 'text' => self::text($message, 'content', $place) ?? '']];
        }
        $tokens = 0;
        foreach ($parts as $part) {
            if (!is_array($part)) {
                throw self::refused($place, 'has a part of its content that is no array');
            }
            switch ($part['type'] ?? null) {
                case 'text':
                case 'input_text':
                case 'output_text':
                    $text = $part['text'] ?? null;
                    if (!is_string($text) || !mb_check_encoding($text, 'UTF-8')) {
                        throw self::refused($place, 'has a text part without UTF-8 text');
                    }
                    self::take($bytes, $text);
                    $tokens += Tokens::count($text, $model);
                    break;
                case 'image_url':
                case 'input_image':
                    $tokens += ImageTokens::ofPart($part);
                    break;
                default:
                    throw self::refused($place, 'has a part of its content that is neither text nor image');
            }
        }

        return $tokens;
    }

    /** @param array<mixed> $message */
    private static function text(array $message, string $name, int $place): ?string
    {
        $value = $message[$name] ?? null;
        if ($value !== null && (!is_string($value) || !mb_check_encoding($value, 'UTF-8'))) {
            throw self::refused($place, "has a $name that is not UTF-8 text");
        }

        return $value;
    }

    /**
     * @param array<mixed> $message
     * @return list<array<mixed>>
     */
    private static function toolCalls(array $message, int $place): array
    {
        $calls = $message['tool_calls'] ?? [];
        if (!is_array($calls)) {
            throw self::refused($place, 'has tool_calls that are no list');
        }
        foreach ($calls as $call) {
            if (!is_array($call)) {
                throw self::refused($place, 'has a malformed tool call');
            }
        }

        return array_values($calls);
    }

    private static function take(int &$bytes, string $text): void
    {
        $bytes += strlen($text);
        if ($bytes > Tokens::MAX_TEXT_BYTES) {
            throw Fault::invalidInput(
                sprintf('the text of the messages has %d bytes, the limit is %d', $bytes, Tokens::MAX_TEXT_BYTES),
                'payload_too_large'
            );
        }
    }

    private static function refused(int $place, string $problem): InvalidInput
    {
        return Fault::invalidInput("message $place $problem");
    }
}
