<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * What is known of a model from its name; the families of src/core/src/tokens/model_map.rs.
 *
 * @internal
 */
final class Models
{
    /** A model that is not known, `default` and the empty name. */
    private const UNKNOWN = ['o200k_base', 130, 8_192, 2_048];

    /**
     * The encoding, what its count is multiplied with in percent, the context window and the longest answer in tokens.
     * A prefix ends at a word's end of the model's name, or itself ends with "-" or ".".
     */
    private const BY_PREFIX = [
        'gpt-5' => ['o200k_base', 100, 400_000, 128_000],
        'gpt-5.' => ['o200k_base', 100, 400_000, 128_000],
        'gpt-5-chat' => ['o200k_base', 100, 128_000, 16_384],
        'gpt-4.5' => ['o200k_base', 100, 128_000, 16_384],
        'gpt-4.1' => ['o200k_base', 100, 1_047_576, 32_768],
        'gpt-4o' => ['o200k_base', 100, 128_000, 16_384],
        'chatgpt-4o' => ['o200k_base', 100, 128_000, 16_384],
        'gpt-oss' => ['o200k_harmony', 100, 131_072, 131_072],
        'o1' => ['o200k_base', 100, 200_000, 100_000],
        'o1-mini' => ['o200k_base', 100, 128_000, 65_536],
        'o1-preview' => ['o200k_base', 100, 128_000, 32_768],
        'o3' => ['o200k_base', 100, 200_000, 100_000],
        'o4-mini' => ['o200k_base', 100, 200_000, 100_000],
        'gpt-4' => ['cl100k_base', 100, 8_192, 8_192],
        'gpt-4-32k' => ['cl100k_base', 100, 32_768, 32_768],
        'gpt-4-turbo' => ['cl100k_base', 100, 128_000, 4_096],
        'gpt-4-1106' => ['cl100k_base', 100, 128_000, 4_096],
        'gpt-4-0125' => ['cl100k_base', 100, 128_000, 4_096],
        'gpt-4-vision' => ['cl100k_base', 100, 128_000, 4_096],
        'gpt-3.5-turbo' => ['cl100k_base', 100, 16_385, 4_096],
        'gpt-3.5-turbo-instruct' => ['cl100k_base', 100, 4_096, 4_096],
        'gpt-35-turbo' => ['cl100k_base', 100, 16_385, 4_096],
        'text-embedding-3' => ['cl100k_base', 100, 8_192, 0],
        'text-embedding-ada-002' => ['cl100k_base', 100, 8_192, 0],
        'davinci-002' => ['cl100k_base', 100, 16_384, 16_384],
        'babbage-002' => ['cl100k_base', 100, 16_384, 16_384],
        'text-davinci-003' => ['p50k_base', 100, 4_097, 4_097],
        'text-davinci-002' => ['p50k_base', 100, 4_097, 4_097],
        'code-davinci' => ['p50k_base', 100, 8_001, 8_001],
        'code-cushman' => ['p50k_base', 100, 2_048, 2_048],
        'text-davinci-001' => ['r50k_base', 100, 2_049, 2_049],
        'text-curie' => ['r50k_base', 100, 2_049, 2_049],
        'text-babbage' => ['r50k_base', 100, 2_049, 2_049],
        'text-ada' => ['r50k_base', 100, 2_049, 2_049],
        'davinci' => ['r50k_base', 100, 2_049, 2_049],
        'curie' => ['r50k_base', 100, 2_049, 2_049],
        'babbage' => ['r50k_base', 100, 2_049, 2_049],
        'ada' => ['r50k_base', 100, 2_049, 2_049],
        'gpt2' => ['r50k_base', 100, 1_024, 1_024],
        'gpt-2' => ['r50k_base', 100, 1_024, 1_024],
        'gpt-' => ['o200k_base', 100, 128_000, 16_384],
        'claude' => ['o200k_base', 125, 200_000, 8_192],
        'claude-3-' => ['o200k_base', 125, 200_000, 4_096],
        'claude-3-5' => ['o200k_base', 125, 200_000, 8_192],
        'claude-3-7' => ['o200k_base', 125, 200_000, 64_000],
        'claude-opus-4' => ['o200k_base', 125, 200_000, 32_000],
        'claude-sonnet-4' => ['o200k_base', 125, 200_000, 64_000],
        'claude-haiku-4' => ['o200k_base', 125, 200_000, 64_000],
        'gemini' => ['o200k_base', 110, 1_048_576, 8_192],
        'gemini-2.5' => ['o200k_base', 110, 1_048_576, 65_536],
        'mistral' => ['o200k_base', 125, 32_768, 4_096],
        'mistral-large' => ['o200k_base', 125, 131_072, 4_096],
        'mistral-medium' => ['o200k_base', 125, 131_072, 4_096],
        'mistral-small' => ['o200k_base', 125, 131_072, 4_096],
        'mistral-nemo' => ['o200k_base', 125, 131_072, 4_096],
        'open-mistral' => ['o200k_base', 125, 32_768, 4_096],
        'ministral' => ['o200k_base', 125, 131_072, 4_096],
        'mixtral' => ['o200k_base', 125, 32_768, 4_096],
        'llama-3' => ['o200k_base', 115, 8_192, 2_048],
        'llama3' => ['o200k_base', 115, 8_192, 2_048],
        'llama-3.' => ['o200k_base', 115, 131_072, 4_096],
        'llama3.' => ['o200k_base', 115, 131_072, 4_096],
        'llama-4' => ['o200k_base', 115, 1_048_576, 4_096],
        'llama4' => ['o200k_base', 115, 1_048_576, 4_096],
    ];

    /**
     * `is_exact` is never true here: without the vocabularies every count is an estimate.
     *
     * @return array{encoding: string, is_exact: bool, estimate_percent: int, context_tokens: int,
     *     max_output_tokens: int}
     */
    public static function info(string $model): array
    {
        [$encoding, $percent, $context, $output] = self::family($model);

        return [
            'encoding' => $encoding,
            'is_exact' => false,
            'estimate_percent' => $percent,
            'context_tokens' => $context,
            'max_output_tokens' => $output,
        ];
    }

    public static function estimatePercent(string $model): int
    {
        return self::family($model)[1];
    }

    /** @return array{string, int, int, int} */
    private static function family(string $model): array
    {
        $model = $model === '' ? Configuration::text('platen.default_model', '') : $model;
        $parts = explode('/', strtolower($model));
        $name = (string) end($parts);
        $name = str_starts_with($name, 'ft:') ? substr($name, 3) : $name;

        $longest = '';
        foreach (array_keys(self::BY_PREFIX) as $prefix) {
            if (strlen($prefix) > strlen($longest) && self::isOfFamily($name, $prefix)) {
                $longest = $prefix;
            }
        }

        return self::BY_PREFIX[$longest] ?? self::UNKNOWN;
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
