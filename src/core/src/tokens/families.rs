//! The families of models: encodings as in tiktoken's `model.py` (0.14.0), limits as in
//! `model_prices_and_context_window_backup.json` of the package litellm (1.109.1), which
//! `tests/vectors/models.py` compares with. Where that source tells input and answer apart, the window is their sum.

use super::Encoding;
use super::estimate::{Estimate, LATER_GPT};
use super::model_map::ModelInfo;
use super::tables::{
    CLAUDE, CLAUDE_4_7, COHERE, DEEPSEEK, GEMINI, LLAMA, MISTRAL, QWEN, SENTENCEPIECE, UNKNOWN as ANY,
};

/// Models whose names begin alike.
pub(super) struct Family {
    /// Ends at a word's end of the model's name, or itself ends with `-` or `.`.
    pub(super) prefix: &'static str,
    pub(super) info: ModelInfo,
}

/// The small context of a local model, and an estimate over all vocabularies that could be had.
pub(super) const UNKNOWN: ModelInfo = estimated(&ANY, 8_192, 2_048);

/// A model whose own encoding we have.
const fn exact(
    prefix: &'static str,
    encoding: Encoding,
    context_tokens: usize,
    max_output_tokens: usize,
) -> Family {
    Family { prefix, info: ModelInfo { encoding, estimate: None, context_tokens, max_output_tokens } }
}

/// A model of another vocabulary.
const fn estimate(
    prefix: &'static str,
    estimate: &'static Estimate,
    context_tokens: usize,
    max_output_tokens: usize,
) -> Family {
    Family { prefix, info: estimated(estimate, context_tokens, max_output_tokens) }
}

const fn estimated(
    estimate: &'static Estimate,
    context_tokens: usize,
    max_output_tokens: usize,
) -> ModelInfo {
    ModelInfo { encoding: Encoding::O200kBase, estimate: Some(estimate), context_tokens, max_output_tokens }
}

const CL100K: Encoding = Encoding::Cl100kBase;
const O200K: Encoding = Encoding::O200kBase;
const HARMONY: Encoding = Encoding::O200kHarmony;
const P50K: Encoding = Encoding::P50kBase;
const R50K: Encoding = Encoding::R50kBase;

/// The longest prefix decides. Beside each maker: where its vocabulary differs.
pub(super) const FAMILIES: &[Family] = &[
    // OpenAI.
    exact("gpt-5", O200K, 400_000, 128_000),
    exact("gpt-5.", O200K, 400_000, 128_000),
    exact("gpt-5-chat", O200K, 128_000, 16_384),
    exact("gpt-5-pro", O200K, 400_000, 272_000),
    exact("gpt-5.1-chat", O200K, 128_000, 16_384),
    exact("gpt-5.2-chat", O200K, 128_000, 16_384),
    exact("gpt-5.3-chat", O200K, 128_000, 16_384),
    exact("gpt-5.4", O200K, 1_050_000, 128_000),
    exact("gpt-5.4-mini", O200K, 400_000, 128_000),
    exact("gpt-5.4-nano", O200K, 400_000, 128_000),
    exact("gpt-5.5", O200K, 1_050_000, 128_000),
    exact("gpt-5.6", O200K, 1_050_000, 128_000),
    exact("gpt-5.6-cyber", O200K, 400_000, 128_000),
    exact("gpt-4.5", O200K, 128_000, 16_384),
    exact("gpt-4.1", O200K, 1_047_576, 32_768),
    exact("gpt-4o", O200K, 128_000, 16_384),
    exact("gpt-4o-2024-05-13", O200K, 128_000, 4_096),
    exact("chatgpt-4o", O200K, 128_000, 16_384),
    exact("gpt-oss", HARMONY, 131_072, 131_072),
    exact("o1", O200K, 200_000, 100_000),
    exact("o1-mini", O200K, 128_000, 65_536),
    exact("o1-preview", O200K, 128_000, 32_768),
    exact("o3", O200K, 200_000, 100_000),
    exact("o4-mini", O200K, 200_000, 100_000),
    exact("gpt-4", CL100K, 8_192, 4_096),
    exact("gpt-4-32k", CL100K, 32_768, 4_096),
    exact("gpt-4-turbo", CL100K, 128_000, 4_096),
    exact("gpt-4-1106", CL100K, 128_000, 4_096),
    exact("gpt-4-0125", CL100K, 128_000, 4_096),
    exact("gpt-4-vision", CL100K, 128_000, 4_096),
    exact("gpt-3.5-turbo", CL100K, 16_385, 4_096),
    exact("gpt-3.5-turbo-instruct", CL100K, 4_097, 4_096),
    exact("gpt-35-turbo", CL100K, 4_097, 4_096),
    exact("gpt-35-turbo-16k", CL100K, 16_385, 4_096),
    exact("gpt-3.5", CL100K, 16_385, 4_096),
    exact("text-embedding-3", CL100K, 8_191, 0),
    exact("text-embedding-ada-002", CL100K, 8_191, 0),
    exact("davinci-002", CL100K, 16_384, 4_096),
    exact("babbage-002", CL100K, 16_384, 4_096),
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
    estimate("gpt-", &LATER_GPT, 128_000, 16_384),
    estimate("gpt-6", &LATER_GPT, 1_050_000, 128_000),
    estimate("gpt-6.", &LATER_GPT, 1_050_000, 128_000),
    estimate("codex-mini", &LATER_GPT, 200_000, 100_000),
    // Anthropic.
    estimate("claude", &CLAUDE, 200_000, 8_192),
    estimate("claude-instant", &CLAUDE, 100_000, 8_191),
    estimate("claude-3-", &CLAUDE, 200_000, 4_096),
    estimate("claude-3-5", &CLAUDE, 200_000, 8_192),
    estimate("claude-3.5", &CLAUDE, 200_000, 8_192),
    estimate("claude-3-7", &CLAUDE, 200_000, 64_000),
    estimate("claude-3.7", &CLAUDE, 200_000, 64_000),
    estimate("claude-opus-4", &CLAUDE, 200_000, 32_000),
    estimate("claude-opus-4-5", &CLAUDE, 200_000, 64_000),
    estimate("claude-opus-4-6", &CLAUDE, 1_000_000, 128_000),
    estimate("claude-sonnet-4", &CLAUDE, 200_000, 64_000),
    estimate("claude-sonnet-4-6", &CLAUDE, 1_000_000, 128_000),
    estimate("claude-haiku-4", &CLAUDE, 200_000, 64_000),
    estimate("claude-opus-4-7", &CLAUDE_4_7, 1_000_000, 128_000),
    estimate("claude-opus-4-8", &CLAUDE_4_7, 1_000_000, 128_000),
    estimate("claude-opus-5", &CLAUDE_4_7, 1_000_000, 128_000),
    estimate("claude-sonnet-5", &CLAUDE_4_7, 1_000_000, 128_000),
    estimate("claude-haiku-5", &CLAUDE_4_7, 1_000_000, 128_000),
    estimate("claude-fable", &CLAUDE_4_7, 1_000_000, 128_000),
    estimate("claude-mythos", &CLAUDE_4_7, 1_000_000, 128_000),
    // Google.
    estimate("gemini", &GEMINI, 1_048_576, 65_536),
    estimate("gemini-1.5", &GEMINI, 1_048_576, 8_192),
    estimate("gemini-2.0", &GEMINI, 1_048_576, 8_192),
    estimate("gemini-exp", &GEMINI, 1_048_576, 8_192),
    estimate("gemini-2.5", &GEMINI, 1_048_576, 65_536),
    estimate("gemini-2.5-computer-use", &GEMINI, 128_000, 64_000),
    estimate("gemini-3", &GEMINI, 1_048_576, 65_536),
    estimate("gemini-3.", &GEMINI, 1_048_576, 65_536),
    estimate("gemini-4", &GEMINI, 1_048_576, 1_048_576),
    estimate("gemini-embedding", &GEMINI, 2_048, 0),
    estimate("gemini-embedding-2", &GEMINI, 8_192, 0),
    estimate("gemini-robotics-er-2", &GEMINI, 131_072, 65_536),
    estimate("gemma", &GEMINI, 8_192, 8_192),
    estimate("gemma-3", &GEMINI, 131_072, 8_192),
    estimate("gemma3", &GEMINI, 131_072, 8_192),
    estimate("gemma-4", &GEMINI, 262_144, 32_768),
    // Mistral. Models before Nemo have SentencePiece vocabularies of 32,000 tokens.
    estimate("mistral", &SENTENCEPIECE, 32_768, 8_192),
    estimate("mixtral", &SENTENCEPIECE, 32_768, 32_768),
    estimate("mixtral-8x22b", &SENTENCEPIECE, 65_536, 65_536),
    estimate("open-mistral", &SENTENCEPIECE, 32_768, 8_192),
    estimate("open-mixtral", &SENTENCEPIECE, 32_768, 8_192),
    estimate("mistral-embed", &SENTENCEPIECE, 8_192, 0),
    estimate("open-mistral-nemo", &MISTRAL, 128_000, 128_000),
    estimate("mistral-nemo", &MISTRAL, 128_000, 128_000),
    estimate("mistral-large", &MISTRAL, 262_144, 262_144),
    estimate("mistral-large-4", &MISTRAL, 1_048_576, 1_048_576),
    estimate("mistral-medium", &MISTRAL, 262_144, 262_144),
    estimate("mistral-small", &MISTRAL, 262_144, 262_144),
    estimate("ministral", &MISTRAL, 262_144, 262_144),
    estimate("ministral-3b", &MISTRAL, 131_072, 131_072),
    estimate("ministral-3-3b", &MISTRAL, 131_072, 131_072),
    estimate("magistral", &MISTRAL, 262_144, 262_144),
    estimate("devstral", &MISTRAL, 256_000, 256_000),
    estimate("pixtral", &MISTRAL, 128_000, 128_000),
    estimate("codestral", &MISTRAL, 128_000, 128_000),
    estimate("codestral-mamba", &MISTRAL, 256_000, 256_000),
    estimate("codestral-embed", &MISTRAL, 8_192, 0),
    estimate("mistral-code", &MISTRAL, 128_000, 128_000),
    estimate("mistral-code-agent", &MISTRAL, 256_000, 256_000),
    estimate("voxtral", &MISTRAL, 32_768, 32_768),
    // Meta. Llama 2 has a SentencePiece vocabulary.
    estimate("llama", &LLAMA, 8_192, 2_048),
    estimate("llama-2", &SENTENCEPIECE, 4_096, 4_096),
    estimate("llama2", &SENTENCEPIECE, 4_096, 4_096),
    estimate("llama-3", &LLAMA, 8_192, 8_192),
    estimate("llama3", &LLAMA, 8_192, 8_192),
    estimate("llama-3.", &LLAMA, 128_000, 4_028),
    estimate("llama3.", &LLAMA, 128_000, 4_028),
    estimate("llama-4", &ANY, 1_000_000, 4_028),
    estimate("llama4", &ANY, 1_000_000, 4_028),
    estimate("llama-4-scout", &ANY, 10_000_000, 4_028),
    estimate("llama4-scout", &ANY, 10_000_000, 4_028),
    // Alibaba.
    estimate("qwen", &QWEN, 129_024, 16_384),
    estimate("qwen-max", &QWEN, 30_720, 8_192),
    estimate("qwen-flash", &QWEN, 997_952, 32_768),
    estimate("qwen-coder", &QWEN, 1_000_000, 16_384),
    estimate("qwen2", &QWEN, 32_768, 8_192),
    estimate("qwen2.", &QWEN, 32_768, 8_192),
    estimate("qwen-2.", &QWEN, 32_768, 8_192),
    estimate("qwen3", &QWEN, 131_072, 16_384),
    estimate("qwen3-", &QWEN, 131_072, 16_384),
    estimate("qwen3-max", &QWEN, 258_048, 65_536),
    estimate("qwen3-coder", &QWEN, 262_144, 65_536),
    estimate("qwen3-coder-plus", &QWEN, 997_952, 65_536),
    estimate("qwen3-coder-flash", &QWEN, 997_952, 65_536),
    estimate("qwen3-next", &QWEN, 262_144, 65_536),
    estimate("qwen3-vl", &QWEN, 131_072, 32_768),
    estimate("qwen3.", &ANY, 991_808, 65_536),
    estimate("qwen3.8", &ANY, 991_808, 131_072),
    estimate("qwq", &QWEN, 98_304, 8_192),
    // DeepSeek.
    estimate("deepseek", &DEEPSEEK, 131_072, 8_192),
    estimate("deepseek-reasoner", &DEEPSEEK, 131_072, 65_536),
    estimate("deepseek-r1", &DEEPSEEK, 65_536, 8_192),
    estimate("deepseek-v3", &DEEPSEEK, 65_536, 8_192),
    estimate("deepseek-v3.", &DEEPSEEK, 163_840, 163_840),
    estimate("deepseek-coder", &DEEPSEEK, 128_000, 4_096),
    estimate("deepseek-v4", &DEEPSEEK, 1_000_000, 393_216),
    estimate("deepseek-flash", &DEEPSEEK, 1_000_000, 393_216),
    // xAI publishes no vocabulary.
    estimate("grok", &ANY, 131_072, 131_072),
    estimate("grok-2-vision", &ANY, 32_768, 32_768),
    estimate("grok-3", &ANY, 131_072, 131_072),
    estimate("grok-4", &ANY, 262_000, 8_192),
    estimate("grok-4.20", &ANY, 1_000_000, 1_000_000),
    estimate("grok-4.3", &ANY, 1_000_000, 1_000_000),
    estimate("grok-4.", &ANY, 500_000, 500_000),
    estimate("grok-code-fast", &ANY, 256_000, 256_000),
    estimate("grok-build", &ANY, 256_000, 256_000),
    // Cohere.
    estimate("command", &COHERE, 4_096, 4_096),
    estimate("command-r", &COHERE, 128_000, 4_096),
    estimate("command-r-plus", &COHERE, 128_000, 4_096),
    estimate("command-r7b", &COHERE, 128_000, 4_096),
    estimate("command-a", &COHERE, 256_000, 8_000),
    estimate("command-a-plus", &COHERE, 128_000, 64_000),
    estimate("c4ai-aya", &COHERE, 128_000, 4_000),
    estimate("embed-", &COHERE, 128_000, 0),
    estimate("embed-english", &COHERE, 512, 0),
    estimate("embed-multilingual", &COHERE, 512, 0),
];
