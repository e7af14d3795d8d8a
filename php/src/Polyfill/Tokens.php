<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InternalError;
use Platen\Exception\InvalidInput;

/**
 * Token counts without the vocabularies: an estimate, meant to be too high rather than too low.
 *
 * The text is cut into words, numbers, marks and white space much as the encodings of OpenAI cut it, and each piece is
 * taken for as many tokens as such pieces usually are. The extension counts exactly; over prose and code this estimate
 * is about a tenth to a third above it. Models of other makers weigh the same as in the extension.
 *
 * @internal
 */
final class Tokens
{
    /** The longest text that one call takes. */
    public const MAX_TEXT_BYTES = 16 * 1024 * 1024;

    /** The unit in which a text is weighed: a thousandth of a token. */
    private const COST_OF_A_TOKEN = 1000;

    /** What each chat message costs beside its role and its content. */
    public const MESSAGE_OVERHEAD_TOKENS = 3;
    /** What the beginning of the answer costs once per request. */
    private const REPLY_PRIMING_TOKENS = 3;

    /** Words with the blank or mark before them, numbers of up to three digits, marks, line ends, other white space. */
    private const PIECES = '/[^\r\n\p{L}\p{N}]?(?:\p{Lu}?[\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{M}]+|\p{Lu}+[\p{M}]*)'
        . '|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s*[\r\n]+|\s+/u';

    /** A letter is a word's syllable or more in these. */
    private const IDEOGRAPHS = '/[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]/u';

    /** @throws InvalidInput If the text is too long. */
    public static function count(string $text, string $model): int
    {
        self::checkLength($text);

        return intdiv(self::cost($text, Models::vocabulary($model)) + self::COST_OF_A_TOKEN - 1, self::COST_OF_A_TOKEN);
    }

    /**
     * @param array<mixed> $messages
     * @throws InvalidInput If a message is malformed or the text is too long.
     */
    public static function countMessages(array $messages, string $model): int
    {
        $costs = MessageCost::ofAll(array_values($messages), $model);

        return self::REPLY_PRIMING_TOKENS + array_sum(array_column($costs, 'tokens'));
    }

    /** @throws InternalError Always: there are no vocabularies here. */
    public static function encode(): never
    {
        throw Fault::extensionRequired('token ids need the vocabularies, which only the extension has');
    }

    /** @throws InternalError Always: there are no vocabularies here. */
    public static function decode(): never
    {
        self::encode();
    }

    /** @throws InvalidInput If the text is too long. */
    public static function checkLength(string $text): void
    {
        if (strlen($text) > self::MAX_TEXT_BYTES) {
            throw Fault::invalidInput(
                sprintf('the text has %d bytes, the limit is %d', strlen($text), self::MAX_TEXT_BYTES),
                'payload_too_large'
            );
        }
    }

    /** What a text costs, in thousandths of a token. */
    private static function cost(string $text, ?string $vocabulary): int
    {
        /** @var array<string, array{list<int>, list<int>}> $weights */
        static $weights = [];
        $weights = $weights ?: require __DIR__ . '/estimates.php';
        [$perToken, $perByte] = $weights[$vocabulary ?? ''] ?? [null, null];
        $cost = 0;
        // A line at a time: the pieces of a whole book at once would need many times its memory.
        foreach (preg_split('/(?<=\n)(?=[^\r\n])/', mb_scrub($text, 'UTF-8')) ?: [] as $line) {
            preg_match_all(self::PIECES, $line, $pieces);
            foreach ($pieces[0] as $piece) {
                $tokens = self::piece($piece);
                if ($perToken === null) {
                    $cost += self::COST_OF_A_TOKEN * $tokens;
                } else {
                    $script = Scripts::of($piece, $tokens);
                    $cost += $perToken[$script] * $tokens + $perByte[$script] * strlen($piece);
                }
            }
        }

        return $cost;
    }

    private static function piece(string $piece): int
    {
        $bytes = strlen($piece);
        $first = ltrim($piece, " \t");

        return match (true) {
            $first === '' || ctype_space($piece) => intdiv($bytes + 15, 16),
            ctype_digit($first) => 1,
            preg_match('/\A.?[A-Za-z]+\z/s', $piece) === 1 => self::asciiWord(strlen($first)),
            preg_match(self::IDEOGRAPHS, $piece) === 1 => mb_strlen($first, 'UTF-8'),
            preg_match('/\p{Latin}/u', $piece) === 1 => intdiv($bytes + 1, 2),
            preg_match('/\p{L}/u', $piece) === 1 => intdiv(mb_strlen($first, 'UTF-8') + 1, 2),
            mb_strlen($piece, 'UTF-8') === $bytes => intdiv($bytes + 2, 3),
            default => intdiv($bytes + 1, 2),
        };
    }

    /** Short words are one token; longer ones fall into pieces of about four letters. */
    private static function asciiWord(int $letters): int
    {
        return $letters <= 8 ? 1 : 1 + intdiv($letters - 8 + 3, 4);
    }
}
