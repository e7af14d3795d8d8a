<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * What a count on OpenAI's newest vocabulary is multiplied with for a model, in percent; the families of
 * src/core/src/tokens/model_map.rs.
 *
 * @internal
 */
final class Models
{
    /** A model that is not known, `default` and the empty name. */
    private const UNKNOWN_PERCENT = 130;

    /** A prefix ends at a word's end of the model's name, or itself ends with "-" or ".". */
    private const PERCENT_BY_PREFIX = [
        'gpt-5' => 100, 'gpt-5.' => 100, 'gpt-4.5' => 100, 'gpt-4.1' => 100, 'gpt-4o' => 100, 'chatgpt-4o' => 100,
        'gpt-oss' => 100, 'o1' => 100, 'o3' => 100, 'o4-mini' => 100, 'gpt-4' => 100, 'gpt-3.5-turbo' => 100,
        'gpt-35-turbo' => 100, 'text-embedding-3' => 100, 'text-embedding-ada-002' => 100, 'gpt-' => 100,
        'claude' => 125, 'gemini' => 110, 'mistral' => 125, 'open-mistral' => 125, 'ministral' => 125,
        'mixtral' => 125, 'llama-3' => 115, 'llama3' => 115, 'llama-3.' => 115, 'llama3.' => 115, 'llama-4' => 115,
        'llama4' => 115,
    ];

    public static function estimatePercent(string $model): int
    {
        $parts = explode('/', strtolower($model));
        $name = (string) end($parts);
        $name = str_starts_with($name, 'ft:') ? substr($name, 3) : $name;

        $longest = '';
        foreach (array_keys(self::PERCENT_BY_PREFIX) as $prefix) {
            if (strlen($prefix) > strlen($longest) && self::isOfFamily($name, $prefix)) {
                $longest = $prefix;
            }
        }

        return self::PERCENT_BY_PREFIX[$longest] ?? self::UNKNOWN_PERCENT;
    }

    /** `gpt-4` is not the family of `gpt-4o`, and `o1` not that of `o10`. */
    private static function isOfFamily(string $name, string $prefix): bool
    {
        if (!str_starts_with($name, $prefix)) {
            return false;
        }
        $rest = substr($name, strlen($prefix));

        return $rest === '' || strpbrk($prefix[-1], '-.') !== false || strpbrk($rest[0], '-:@') !== false;
    }
}
