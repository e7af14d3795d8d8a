<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * What is known of a model from its name; the families of src/core/src/tokens/families.rs.
 *
 * @internal
 */
final class Models
{
    /**
     * By how many percent of an estimate the model's own count may differ from it: all messages that
     * tests/vectors/tokens/estimates.json has counts of keep to it, for all vocabularies; nearly all to 70.
     */
    private const ERROR_PERCENT = 90;

    /** A model that is not known, `default` and the empty name. */
    private const UNKNOWN = ['o200k_base', 'unknown', 8_192, 2_048];

    /** How Amazon Bedrock writes the maker before a model's name. */
    private const MAKERS = ['anthropic.', 'openai.', 'meta.', 'mistral.', 'cohere.', 'deepseek.', 'qwen.'];

    /**
     * The encoding, the vocabulary whose weights an estimate takes (null for that of the encoding), the context window
     * and the longest answer in tokens. A prefix ends at a word's end of the model's name, or itself ends with "-" or ".".
     */
    private const BY_PREFIX = [
        'gpt-5' => ['o200k_base', null, 400_000, 128_000],
        'gpt-5.' => ['o200k_base', null, 400_000, 128_000],
        'gpt-5-chat' => ['o200k_base', null, 128_000, 16_384],
        'gpt-5-pro' => ['o200k_base', null, 400_000, 272_000],
        'gpt-5.1-chat' => ['o200k_base', null, 128_000, 16_384],
        'gpt-5.2-chat' => ['o200k_base', null, 128_000, 16_384],
        'gpt-5.3-chat' => ['o200k_base', null, 128_000, 16_384],
        'gpt-5.4' => ['o200k_base', null, 1_050_000, 128_000],
        'gpt-5.4-mini' => ['o200k_base', null, 400_000, 128_000],
        'gpt-5.4-nano' => ['o200k_base', null, 400_000, 128_000],
        'gpt-5.5' => ['o200k_base', null, 1_050_000, 128_000],
        'gpt-5.6' => ['o200k_base', null, 1_050_000, 128_000],
        'gpt-5.6-cyber' => ['o200k_base', null, 400_000, 128_000],
        'gpt-4.5' => ['o200k_base', null, 128_000, 16_384],
        'gpt-4.1' => ['o200k_base', null, 1_047_576, 32_768],
        'gpt-4o' => ['o200k_base', null, 128_000, 16_384],
        'gpt-4o-2024-05-13' => ['o200k_base', null, 128_000, 4_096],
        'chatgpt-4o' => ['o200k_base', null, 128_000, 16_384],
        'gpt-oss' => ['o200k_harmony', null, 131_072, 131_072],
        'o1' => ['o200k_base', null, 200_000, 100_000],
        'o1-mini' => ['o200k_base', null, 128_000, 65_536],
        'o1-preview' => ['o200k_base', null, 128_000, 32_768],
        'o3' => ['o200k_base', null, 200_000, 100_000],
        'o4-mini' => ['o200k_base', null, 200_000, 100_000],
        'gpt-4' => ['cl100k_base', null, 8_192, 4_096],
        'gpt-4-32k' => ['cl100k_base', null, 32_768, 4_096],
        'gpt-4-turbo' => ['cl100k_base', null, 128_000, 4_096],
        'gpt-4-1106' => ['cl100k_base', null, 128_000, 4_096],
        'gpt-4-0125' => ['cl100k_base', null, 128_000, 4_096],
        'gpt-4-vision' => ['cl100k_base', null, 128_000, 4_096],
        'gpt-3.5-turbo' => ['cl100k_base', null, 16_385, 4_096],
        'gpt-3.5-turbo-instruct' => ['cl100k_base', null, 4_097, 4_096],
        'gpt-35-turbo' => ['cl100k_base', null, 4_097, 4_096],
        'gpt-35-turbo-16k' => ['cl100k_base', null, 16_385, 4_096],
        'gpt-3.5' => ['cl100k_base', null, 16_385, 4_096],
        'text-embedding-3' => ['cl100k_base', null, 8_191, 0],
        'text-embedding-ada-002' => ['cl100k_base', null, 8_191, 0],
        'davinci-002' => ['cl100k_base', null, 16_384, 4_096],
        'babbage-002' => ['cl100k_base', null, 16_384, 4_096],
        'text-davinci-003' => ['p50k_base', null, 4_097, 4_097],
        'text-davinci-002' => ['p50k_base', null, 4_097, 4_097],
        'code-davinci' => ['p50k_base', null, 8_001, 8_001],
        'code-cushman' => ['p50k_base', null, 2_048, 2_048],
        'text-davinci-001' => ['r50k_base', null, 2_049, 2_049],
        'text-curie' => ['r50k_base', null, 2_049, 2_049],
        'text-babbage' => ['r50k_base', null, 2_049, 2_049],
        'text-ada' => ['r50k_base', null, 2_049, 2_049],
        'davinci' => ['r50k_base', null, 2_049, 2_049],
        'curie' => ['r50k_base', null, 2_049, 2_049],
        'babbage' => ['r50k_base', null, 2_049, 2_049],
        'ada' => ['r50k_base', null, 2_049, 2_049],
        'gpt2' => ['r50k_base', null, 1_024, 1_024],
        'gpt-2' => ['r50k_base', null, 1_024, 1_024],
        'gpt-' => ['o200k_base', null, 128_000, 16_384],
        'gpt-6' => ['o200k_base', null, 1_050_000, 128_000],
        'gpt-6.' => ['o200k_base', null, 1_050_000, 128_000],
        'codex-mini' => ['o200k_base', null, 200_000, 100_000],
        'claude' => ['o200k_base', 'claude', 200_000, 8_192],
        'claude-instant' => ['o200k_base', 'claude', 100_000, 8_191],
        'claude-3-' => ['o200k_base', 'claude', 200_000, 4_096],
        'claude-3-5' => ['o200k_base', 'claude', 200_000, 8_192],
        'claude-3.5' => ['o200k_base', 'claude', 200_000, 8_192],
        'claude-3-7' => ['o200k_base', 'claude', 200_000, 64_000],
        'claude-3.7' => ['o200k_base', 'claude', 200_000, 64_000],
        'claude-opus-4' => ['o200k_base', 'claude', 200_000, 32_000],
        'claude-opus-4-5' => ['o200k_base', 'claude', 200_000, 64_000],
        'claude-opus-4-6' => ['o200k_base', 'claude', 1_000_000, 128_000],
        'claude-sonnet-4' => ['o200k_base', 'claude', 200_000, 64_000],
        'claude-sonnet-4-6' => ['o200k_base', 'claude', 1_000_000, 128_000],
        'claude-haiku-4' => ['o200k_base', 'claude', 200_000, 64_000],
        'claude-opus-4-7' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'claude-opus-4-8' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'claude-opus-5' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'claude-sonnet-5' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'claude-haiku-5' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'claude-fable' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'claude-mythos' => ['o200k_base', 'claude-4.7', 1_000_000, 128_000],
        'gemini' => ['o200k_base', 'gemini', 1_048_576, 65_536],
        'gemini-1.5' => ['o200k_base', 'gemini', 1_048_576, 8_192],
        'gemini-2.0' => ['o200k_base', 'gemini', 1_048_576, 8_192],
        'gemini-exp' => ['o200k_base', 'gemini', 1_048_576, 8_192],
        'gemini-2.5' => ['o200k_base', 'gemini', 1_048_576, 65_536],
        'gemini-2.5-computer-use' => ['o200k_base', 'gemini', 128_000, 64_000],
        'gemini-3' => ['o200k_base', 'gemini', 1_048_576, 65_536],
        'gemini-3.' => ['o200k_base', 'gemini', 1_048_576, 65_536],
        'gemini-4' => ['o200k_base', 'gemini', 1_048_576, 1_048_576],
        'gemini-embedding' => ['o200k_base', 'gemini', 2_048, 0],
        'gemini-embedding-2' => ['o200k_base', 'gemini', 8_192, 0],
        'gemini-robotics-er-2' => ['o200k_base', 'gemini', 131_072, 65_536],
        'gemma' => ['o200k_base', 'gemini', 8_192, 8_192],
        'gemma-3' => ['o200k_base', 'gemini', 131_072, 8_192],
        'gemma3' => ['o200k_base', 'gemini', 131_072, 8_192],
        'gemma-4' => ['o200k_base', 'gemini', 262_144, 32_768],
        'mistral' => ['o200k_base', 'sentencepiece', 32_768, 8_192],
        'mixtral' => ['o200k_base', 'sentencepiece', 32_768, 32_768],
        'mixtral-8x22b' => ['o200k_base', 'sentencepiece', 65_536, 65_536],
        'open-mistral' => ['o200k_base', 'sentencepiece', 32_768, 8_192],
        'open-mixtral' => ['o200k_base', 'sentencepiece', 32_768, 8_192],
        'mistral-embed' => ['o200k_base', 'sentencepiece', 8_192, 0],
        'open-mistral-nemo' => ['o200k_base', 'mistral', 128_000, 128_000],
        'mistral-nemo' => ['o200k_base', 'mistral', 128_000, 128_000],
        'mistral-large' => ['o200k_base', 'mistral', 262_144, 262_144],
        'mistral-large-4' => ['o200k_base', 'mistral', 1_048_576, 1_048_576],
        'mistral-medium' => ['o200k_base', 'mistral', 262_144, 262_144],
        'mistral-small' => ['o200k_base', 'mistral', 262_144, 262_144],
        'ministral' => ['o200k_base', 'mistral', 262_144, 262_144],
        'ministral-3b' => ['o200k_base', 'mistral', 131_072, 131_072],
        'ministral-3-3b' => ['o200k_base', 'mistral', 131_072, 131_072],
        'magistral' => ['o200k_base', 'mistral', 262_144, 262_144],
        'devstral' => ['o200k_base', 'mistral', 256_000, 256_000],
        'pixtral' => ['o200k_base', 'mistral', 128_000, 128_000],
        'codestral' => ['o200k_base', 'mistral', 128_000, 128_000],
        'codestral-mamba' => ['o200k_base', 'mistral', 256_000, 256_000],
        'codestral-embed' => ['o200k_base', 'mistral', 8_192, 0],
        'mistral-code' => ['o200k_base', 'mistral', 128_000, 128_000],
        'mistral-code-agent' => ['o200k_base', 'mistral', 256_000, 256_000],
        'voxtral' => ['o200k_base', 'mistral', 32_768, 32_768],
        'llama' => ['o200k_base', 'llama', 8_192, 2_048],
        'llama-2' => ['o200k_base', 'sentencepiece', 4_096, 4_096],
        'llama2' => ['o200k_base', 'sentencepiece', 4_096, 4_096],
        'llama-3' => ['o200k_base', 'llama', 8_192, 8_192],
        'llama3' => ['o200k_base', 'llama', 8_192, 8_192],
        'llama-3.' => ['o200k_base', 'llama', 128_000, 4_028],
        'llama3.' => ['o200k_base', 'llama', 128_000, 4_028],
        'llama-4' => ['o200k_base', 'unknown', 1_000_000, 4_028],
        'llama4' => ['o200k_base', 'unknown', 1_000_000, 4_028],
        'llama-4-scout' => ['o200k_base', 'unknown', 10_000_000, 4_028],
        'llama4-scout' => ['o200k_base', 'unknown', 10_000_000, 4_028],
        'qwen' => ['o200k_base', 'qwen', 129_024, 16_384],
        'qwen-max' => ['o200k_base', 'qwen', 30_720, 8_192],
        'qwen-flash' => ['o200k_base', 'qwen', 997_952, 32_768],
        'qwen-coder' => ['o200k_base', 'qwen', 1_000_000, 16_384],
        'qwen2' => ['o200k_base', 'qwen', 32_768, 8_192],
        'qwen2.' => ['o200k_base', 'qwen', 32_768, 8_192],
        'qwen-2.' => ['o200k_base', 'qwen', 32_768, 8_192],
        'qwen3' => ['o200k_base', 'qwen', 131_072, 16_384],
        'qwen3-' => ['o200k_base', 'qwen', 131_072, 16_384],
        'qwen3-max' => ['o200k_base', 'qwen', 258_048, 65_536],
        'qwen3-coder' => ['o200k_base', 'qwen', 262_144, 65_536],
        'qwen3-coder-plus' => ['o200k_base', 'qwen', 997_952, 65_536],
        'qwen3-coder-flash' => ['o200k_base', 'qwen', 997_952, 65_536],
        'qwen3-next' => ['o200k_base', 'qwen', 262_144, 65_536],
        'qwen3-vl' => ['o200k_base', 'qwen', 131_072, 32_768],
        'qwen3.' => ['o200k_base', 'unknown', 991_808, 65_536],
        'qwen3.8' => ['o200k_base', 'unknown', 991_808, 131_072],
        'qwq' => ['o200k_base', 'qwen', 98_304, 8_192],
        'deepseek' => ['o200k_base', 'deepseek', 131_072, 8_192],
        'deepseek-reasoner' => ['o200k_base', 'deepseek', 131_072, 65_536],
        'deepseek-r1' => ['o200k_base', 'deepseek', 65_536, 8_192],
        'deepseek-v3' => ['o200k_base', 'deepseek', 65_536, 8_192],
        'deepseek-v3.' => ['o200k_base', 'deepseek', 163_840, 163_840],
        'deepseek-coder' => ['o200k_base', 'deepseek', 128_000, 4_096],
        'deepseek-v4' => ['o200k_base', 'deepseek', 1_000_000, 393_216],
        'deepseek-flash' => ['o200k_base', 'deepseek', 1_000_000, 393_216],
        'grok' => ['o200k_base', 'unknown', 131_072, 131_072],
        'grok-2-vision' => ['o200k_base', 'unknown', 32_768, 32_768],
        'grok-3' => ['o200k_base', 'unknown', 131_072, 131_072],
        'grok-4' => ['o200k_base', 'unknown', 262_000, 8_192],
        'grok-4.20' => ['o200k_base', 'unknown', 1_000_000, 1_000_000],
        'grok-4.3' => ['o200k_base', 'unknown', 1_000_000, 1_000_000],
        'grok-4.' => ['o200k_base', 'unknown', 500_000, 500_000],
        'grok-code-fast' => ['o200k_base', 'unknown', 256_000, 256_000],
        'grok-build' => ['o200k_base', 'unknown', 256_000, 256_000],
        'command' => ['o200k_base', 'cohere', 4_096, 4_096],
        'command-r' => ['o200k_base', 'cohere', 128_000, 4_096],
        'command-r-plus' => ['o200k_base', 'cohere', 128_000, 4_096],
        'command-r7b' => ['o200k_base', 'cohere', 128_000, 4_096],
        'command-a' => ['o200k_base', 'cohere', 256_000, 8_000],
        'command-a-plus' => ['o200k_base', 'cohere', 128_000, 64_000],
        'c4ai-aya' => ['o200k_base', 'cohere', 128_000, 4_000],
        'embed-' => ['o200k_base', 'cohere', 128_000, 0],
        'embed-english' => ['o200k_base', 'cohere', 512, 0],
        'embed-multilingual' => ['o200k_base', 'cohere', 512, 0],
    ];

    /**
     * Everything is an estimate here, also for OpenAI's models: there are no vocabularies.
     *
     * @return array{encoding: string, is_estimate: true, error_percent: int, context_tokens: int,
     *     max_output_tokens: int}
     */
    public static function info(string $model): array
    {
        [$encoding, , $context, $output] = self::family($model);

        return [
            'encoding' => $encoding,
            'is_estimate' => true,
            'error_percent' => self::ERROR_PERCENT,
            'context_tokens' => $context,
            'max_output_tokens' => $output,
        ];
    }

    /** The vocabulary whose weights an estimate takes; null for one of OpenAI's. */
    public static function vocabulary(string $model): ?string
    {
        return self::family($model)[1];
    }

    /** @return array{string, string|null, int, int} */
    private static function family(string $model): array
    {
        $model = $model === '' ? Configuration::text('platen.default_model', '') : $model;
        $parts = explode('/', strtolower($model));
        $name = (string) end($parts);
        $name = str_starts_with($name, 'ft:') ? substr($name, 3) : $name;
        foreach (self::MAKERS as $maker) {
            $place = strpos($name, $maker);
            if ($place !== false) {
                $name = substr($name, $place + strlen($maker));
                break;
            }
        }

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
