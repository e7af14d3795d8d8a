use super::{Encoding, TokenCount, text_cache};

/// What is known about a model from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The encoding that counts its tokens, or the one the estimate rests on.
    pub encoding: Encoding,
    /// Whether the encoding is the model's own, so that counts are exact and not estimates.
    pub is_exact: bool,
    /// What a count is multiplied with, in percent: 100 for an exact one. An estimate is meant to be too high
    /// rather than too low, so that a prompt trimmed by it fits.
    pub estimate_percent: usize,
    /// The most tokens the model takes in and gives out together.
    pub context_tokens: usize,
    /// The most tokens of one answer; zero for a model that answers with no text (embeddings).
    pub max_output_tokens: usize,
}

impl ModelInfo {
    /// As [`count`](super::count), for a text that is likely to be counted again, such as a message of a
    /// conversation: the counts of the last few thousand texts are remembered.
    pub fn count_again(&self, text: &str) -> TokenCount {
        self.token_count(text_cache::count(text, self.encoding))
    }

    /// What the model counts where its encoding counts so many.
    pub(super) fn token_count(&self, counted: usize) -> TokenCount {
        let tokens = counted.saturating_mul(self.estimate_percent).div_ceil(100);
        TokenCount { tokens, is_exact: self.is_exact }
    }

    /// The most that the encoding may count for the model to count no more than `tokens`.
    pub(super) fn most_counted(&self, tokens: usize) -> usize {
        tokens.saturating_mul(100).checked_div(self.estimate_percent).unwrap_or(0)
    }
}

/// Looks a model up by the longest known beginning of its name.
///
/// Case does not matter, nor does a vendor before the name (`openai/gpt-4o`, `models/gemini-2.5-pro`) or the
/// mark of a fine-tuned model (`ft:gpt-4o-mini:site`). A model that is not known, `default` and the empty name
/// are estimated on `o200k_base` with 30 % on top and get the limits of a small model.
///
/// ```
/// use platen_core::tokens::{Encoding, model_info};
///
/// assert!(model_info("gpt-4o-mini").is_exact);
/// assert_eq!(model_info("gpt-4").encoding, Encoding::Cl100kBase);
/// assert!(!model_info("claude-sonnet-4-5").is_exact);
/// ```
pub fn model_info(model: &str) -> ModelInfo {
    let lower = model.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let name = name.strip_prefix("ft:").unwrap_or(name);
    FAMILIES
        .iter()
        .filter(|family| is_of_family(name, family.prefix))
        .max_by_key(|family| family.prefix.len())
        .map_or(UNKNOWN, |family| family.info)
}

/// Whether the name begins with the prefix and the prefix ends where a word of the name does: `gpt-4` is not
/// the family of `gpt-4o`, and `o1` not that of `o10`.
fn is_of_family(name: &str, prefix: &str) -> bool {
    let ends_a_word =
        |rest: &str| prefix.ends_with(['-', '.']) || rest.starts_with(['-', ':', '@']) || rest.is_empty();
    name.strip_prefix(prefix).is_some_and(ends_a_word)
}

struct Family {
    prefix: &'static str,
    info: ModelInfo,
}

/// A model whose own encoding we have.
const fn exact(
    prefix: &'static str,
    encoding: Encoding,
    context_tokens: usize,
    max_output_tokens: usize,
) -> Family {
    let info =
        ModelInfo { encoding, is_exact: true, estimate_percent: 100, context_tokens, max_output_tokens };
    Family { prefix, info }
}

/// A model of another vendor.
const fn estimate(
    prefix: &'static str,
    percent: usize,
    context_tokens: usize,
    max_output_tokens: usize,
) -> Family {
    Family { prefix, info: estimated(percent, context_tokens, max_output_tokens) }
}

const fn estimated(estimate_percent: usize, context_tokens: usize, max_output_tokens: usize) -> ModelInfo {
    ModelInfo {
        encoding: Encoding::O200kBase,
        is_exact: false,
        estimate_percent,
        context_tokens,
        max_output_tokens,
    }
}

/// The small context of a local model, and room on top for vocabularies of 32,000 tokens.
const UNKNOWN: ModelInfo = estimated(130, 8_192, 2_048);

/// Anthropic publishes no vocabulary; its counting endpoint gives about a fifth more than `o200k_base`.
const CLAUDE_PERCENT: usize = 125;
/// Gemini's vocabulary (262,144 tokens) is larger than `o200k_base`.
const GEMINI_PERCENT: usize = 110;
/// Mistral's models have vocabularies of 32,768 or 131,072 tokens.
const MISTRAL_PERCENT: usize = 125;
/// Llama 3's vocabulary is `cl100k_base` with 28,000 more tokens.
const LLAMA_PERCENT: usize = 115;

const CL100K: Encoding = Encoding::Cl100kBase;
const O200K: Encoding = Encoding::O200kBase;
const HARMONY: Encoding = Encoding::O200kHarmony;
const P50K: Encoding = Encoding::P50kBase;
const R50K: Encoding = Encoding::R50kBase;

/// Encodings as in tiktoken's `model.py`, limits as in the vendors' model lists. A prefix ends at a word's end
/// of the model's name, or itself ends with `-` or `.`.
const FAMILIES: &[Family] = &[
    exact("gpt-5", O200K, 400_000, 128_000),
    exact("gpt-5.", O200K, 400_000, 128_000),
    exact("gpt-5-chat", O200K, 128_000, 16_384),
    exact("gpt-4.5", O200K, 128_000, 16_384),
    exact("gpt-4.1", O200K, 1_047_576, 32_768),
    exact("gpt-4o", O200K, 128_000, 16_384),
    exact("chatgpt-4o", O200K, 128_000, 16_384),
    exact("gpt-oss", HARMONY, 131_072, 131_072),
    exact("o1", O200K, 200_000, 100_000),
    exact("o1-mini", O200K, 128_000, 65_536),
    exact("o1-preview", O200K, 128_000, 32_768),
    exact("o3", O200K, 200_000, 100_000),
    exact("o4-mini", O200K, 200_000, 100_000),
    exact("gpt-4", CL100K, 8_192, 8_192),
    exact("gpt-4-32k", CL100K, 32_768, 32_768),
    exact("gpt-4-turbo", CL100K, 128_000, 4_096),
    exact("gpt-4-1106", CL100K, 128_000, 4_096),
    exact("gpt-4-0125", CL100K, 128_000, 4_096),
    exact("gpt-4-vision", CL100K, 128_000, 4_096),
    exact("gpt-3.5-turbo", CL100K, 16_385, 4_096),
    exact("gpt-3.5-turbo-instruct", CL100K, 4_096, 4_096),
    exact("gpt-35-turbo", CL100K, 16_385, 4_096),
    exact("text-embedding-3", CL100K, 8_192, 0),
    exact("text-embedding-ada-002", CL100K, 8_192, 0),
    exact("davinci-002", CL100K, 16_384, 16_384),
    exact("babbage-002", CL100K, 16_384, 16_384),
    exact("text-davinci-003", P50K, 4_097, 4_097),
    exact("text-davinci-002", P50K, 4_097, 4_097),
    exact("code-davinci", P50K, 8_001, 8_001),
    exact("code-cushman", P50K, 2_048, 2_048),
    exact("text-davinci-001", R50K, 2_049, 2_049),
    exact("text-curie", R50K, 2_049, 2_049),
    exact("text-babbage", R50K, 2_049, 2_049),
    exact("text-ada", R50K, 2_049, 2_049),
    exact("davinci", R50K, 2_049, 2_049),
    exact("curie", R50K, 2_049, 2_049),
    exact("babbage", R50K, 2_049, 2_049),
    exact("ada", R50K, 2_049, 2_049),
    exact("gpt2", R50K, 1_024, 1_024),
    exact("gpt-2", R50K, 1_024, 1_024),
    // A later GPT: most likely still this vocabulary, but nobody has said so.
    estimate("gpt-", 100, 128_000, 16_384),
    estimate("claude", CLAUDE_PERCENT, 200_000, 8_192),
    estimate("claude-3-", CLAUDE_PERCENT, 200_000, 4_096),
    estimate("claude-3-5", CLAUDE_PERCENT, 200_000, 8_192),
    estimate("claude-3-7", CLAUDE_PERCENT, 200_000, 64_000),
    estimate("claude-opus-4", CLAUDE_PERCENT, 200_000, 32_000),
    estimate("claude-sonnet-4", CLAUDE_PERCENT, 200_000, 64_000),
    estimate("claude-haiku-4", CLAUDE_PERCENT, 200_000, 64_000),
    estimate("gemini", GEMINI_PERCENT, 1_048_576, 8_192),
    estimate("gemini-2.5", GEMINI_PERCENT, 1_048_576, 65_536),
    estimate("mistral", MISTRAL_PERCENT, 32_768, 4_096),
    estimate("mistral-large", MISTRAL_PERCENT, 131_072, 4_096),
    estimate("mistral-medium", MISTRAL_PERCENT, 131_072, 4_096),
    estimate("mistral-small", MISTRAL_PERCENT, 131_072, 4_096),
    estimate("mistral-nemo", MISTRAL_PERCENT, 131_072, 4_096),
    estimate("open-mistral", MISTRAL_PERCENT, 32_768, 4_096),
    estimate("ministral", MISTRAL_PERCENT, 131_072, 4_096),
    estimate("mixtral", MISTRAL_PERCENT, 32_768, 4_096),
    estimate("llama-3", LLAMA_PERCENT, 8_192, 2_048),
    estimate("llama3", LLAMA_PERCENT, 8_192, 2_048),
    estimate("llama-3.", LLAMA_PERCENT, 131_072, 4_096),
    estimate("llama3.", LLAMA_PERCENT, 131_072, 4_096),
    estimate("llama-4", LLAMA_PERCENT, 1_048_576, 4_096),
    estimate("llama4", LLAMA_PERCENT, 1_048_576, 4_096),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_of_a_name_decides() {
        assert_eq!(model_info("gpt-4").context_tokens, 8_192);
        assert_eq!(model_info("gpt-4-turbo-2024-04-09").context_tokens, 128_000);
        assert_eq!(model_info("gpt-4o-mini-2024-07-18").encoding, Encoding::O200kBase);
        assert_eq!(model_info("gpt-5.1-codex").context_tokens, 400_000);
        assert_eq!(model_info("claude-3-5-haiku-latest").max_output_tokens, 8_192);
    }

    #[test]
    fn a_beginning_inside_of_a_word_does_not_count() {
        assert_eq!(model_info("o10"), UNKNOWN);
        assert!(!model_info("gpt-4.9").is_exact);
        assert_eq!(model_info("mistralesque"), UNKNOWN);
    }

    #[test]
    fn vendor_case_and_fine_tuning_do_not_matter() {
        let plain = model_info("gpt-4o-mini");

        assert_eq!(model_info("openai/GPT-4o-mini"), plain);
        assert_eq!(model_info("ft:gpt-4o-mini:example::abc"), plain);
        assert_eq!(model_info("models/gemini-2.5-pro"), model_info("gemini-2.5-pro"));
    }

    #[test]
    fn the_default_model_is_estimated_like_an_unknown_one() {
        assert_eq!(model_info("default"), UNKNOWN);
        assert_eq!(model_info(""), UNKNOWN);
    }

    #[test]
    fn no_two_families_have_the_same_prefix() {
        let prefixes: std::collections::HashSet<_> = FAMILIES.iter().map(|family| family.prefix).collect();

        assert_eq!(prefixes.len(), FAMILIES.len());
    }
}
