use std::cell::RefCell;

use super::estimate::{COST_OF_A_TOKEN, Estimate};
use super::families::{FAMILIES, UNKNOWN};
use super::script::Script;
use super::{Encoding, TokenCount, text_cache};

/// What is known about a model from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The encoding that counts its tokens, or the one the estimate rests on.
    pub encoding: Encoding,
    /// How the model's vocabulary is estimated; `None` when the encoding is its own and counts are exact.
    pub estimate: Option<&'static Estimate>,
    /// The most tokens the model takes in and gives out together.
    pub context_tokens: usize,
    /// The most tokens of one answer; zero for a model that answers with no text (embeddings).
    pub max_output_tokens: usize,
}

impl ModelInfo {
    /// Whether the encoding is the model's own, so that counts are exact and not estimates.
    pub fn is_exact(&self) -> bool {
        self.estimate.is_none()
    }

    /// By how many percent of an estimate the model's own count may differ from it; see
    /// [`Estimate::error_percent`]. Zero when counts are exact.
    pub fn error_percent(&self) -> u16 {
        self.estimate.map_or(0, Estimate::error_percent)
    }

    /// Counts the tokens of a text.
    pub fn count(&self, text: &str) -> TokenCount {
        if self.is_exact() {
            return TokenCount { tokens: self.encoding.count(text), is_exact: true };
        }
        self.tokens_of(self.cost(text))
    }

    /// As [`count`](Self::count), for a text that is likely to be counted again, such as a message of a
    /// conversation: the counts of the last few thousand texts are remembered.
    pub fn count_again(&self, text: &str) -> TokenCount {
        TokenCount { tokens: text_cache::count(text, self), is_exact: self.is_exact() }
    }

    /// What a text costs, in thousandths of a token. Costs of pieces add up; numbers of tokens are rounded.
    pub(super) fn cost(&self, text: &str) -> usize {
        let Some(estimate) = self.estimate else {
            return self.encoding.count(text).saturating_mul(COST_OF_A_TOKEN);
        };
        let mut cost: usize = 0;
        self.encoding.count_pieces(text, |piece, tokens| {
            cost = cost.saturating_add(estimate.cost(piece, tokens));
        });
        cost
    }

    /// What a piece costs that has so many tokens of the encoding.
    pub(super) fn cost_of_piece(&self, piece: &[u8], tokens: usize) -> usize {
        match self.estimate {
            Some(estimate) => estimate.cost(piece, tokens),
            None => tokens.saturating_mul(COST_OF_A_TOKEN),
        }
    }

    /// The length and the cost of each token of a piece. Together they cost what the piece does.
    pub(super) fn tokens_of_piece(
        &self,
        piece: &[u8],
        tokens: &[u32],
    ) -> impl Iterator<Item = (usize, usize)> {
        let dictionary = self.encoding.dictionary();
        let (token_cost, byte_cost) = self
            .estimate
            .map_or((COST_OF_A_TOKEN, 0), |estimate| estimate.weights(Script::of(piece, tokens.len())));
        tokens.iter().map(move |token| {
            let length = dictionary.length(*token);
            (length, token_cost.saturating_add(length.saturating_mul(byte_cost)))
        })
    }

    /// The tokens of a cost. The parts of a token count as a whole one.
    pub(super) fn tokens_of(&self, cost: usize) -> TokenCount {
        TokenCount { tokens: cost.div_ceil(COST_OF_A_TOKEN), is_exact: self.is_exact() }
    }
}

/// Looks a model up by the longest known beginning of its name.
///
/// Case does not matter, nor does who serves it (`openai/gpt-4o`, `models/gemini-2.5-pro`,
/// `us.anthropic.claude-opus-4-5`) or the mark of a fine-tuned model (`ft:gpt-4o-mini:site`). A model that is not
/// known, `default` and the empty name are estimated over all vocabularies and get the limits of a small model.
///
/// ```
/// use platen_core::tokens::{Encoding, model_info};
///
/// assert!(model_info("gpt-4o-mini").is_exact());
/// assert_eq!(model_info("gpt-4").encoding, Encoding::Cl100kBase);
/// assert!(!model_info("claude-sonnet-4-5").is_exact());
/// assert!(model_info("claude-sonnet-4-5").error_percent() > 0);
/// ```
pub fn model_info(model: &str) -> ModelInfo {
    thread_local! {
        static LAST: RefCell<(String, ModelInfo)> = const { RefCell::new((String::new(), UNKNOWN)) };
    }
    if model.len() > MAX_REMEMBERED_BYTES {
        return look_up(model);
    }
    LAST.with_borrow_mut(|(name, info)| {
        if name != model {
            *info = look_up(model);
            name.clear();
            name.push_str(model);
        }
        *info
    })
}

/// A process asks for the same model again and again: the last name is remembered, unless it is longer than any model's.
const MAX_REMEMBERED_BYTES: usize = 128;

fn look_up(model: &str) -> ModelInfo {
    let lower = model.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let name = name.strip_prefix("ft:").unwrap_or(name);
    let name = MAKERS.iter().find_map(|maker| name.split_once(maker)).map_or(name, |(_, name)| name);
    FAMILIES
        .iter()
        .filter(|family| is_of_family(name, family.prefix))
        .max_by_key(|family| family.prefix.len())
        .map_or(UNKNOWN, |family| family.info)
}

/// How Amazon Bedrock writes the maker before a model's name.
const MAKERS: [&str; 7] = ["anthropic.", "openai.", "meta.", "mistral.", "cohere.", "deepseek.", "qwen."];

/// Whether the name begins with the prefix and the prefix ends where a word of the name does: `gpt-4` is not
/// the family of `gpt-4o`, and `o1` not that of `o10`.
fn is_of_family(name: &str, prefix: &str) -> bool {
    let ends_a_word =
        |rest: &str| prefix.ends_with(['-', '.']) || rest.starts_with(['-', ':', '@']) || rest.is_empty();
    name.strip_prefix(prefix).is_some_and(ends_a_word)
}

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
        assert!(!model_info("gpt-4.9").is_exact());
        assert_eq!(model_info("mistralesque"), UNKNOWN);
    }

    #[test]
    fn who_serves_it_case_and_fine_tuning_do_not_matter() {
        let plain = model_info("gpt-4o-mini");

        assert_eq!(model_info("openai/GPT-4o-mini"), plain);
        assert_eq!(model_info("ft:gpt-4o-mini:example::abc"), plain);
        assert_eq!(model_info("models/gemini-2.5-pro"), model_info("gemini-2.5-pro"));
        assert_eq!(model_info("us.anthropic.claude-opus-4-5-20251101-v1:0"), model_info("claude-opus-4-5"));
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

    #[test]
    fn an_answer_never_exceeds_the_window() {
        for family in FAMILIES {
            assert!(family.info.max_output_tokens <= family.info.context_tokens, "{}", family.prefix);
        }
    }

    /// `split` promises that any character fits into its smallest part.
    #[test]
    fn no_character_costs_more_than_the_smallest_part_has() {
        for family in FAMILIES {
            for character in
                ["👩", "𓂀", "ᚠ", "ꙮ", "ཀ", "ሰ", "ଓ", "ក", "漢", "한", "é", "\u{10fffd}", "\u{e000}"]
            {
                let tokens = family.info.count(character).tokens;

                assert!(tokens <= crate::tokens::MIN_PART_TOKENS, "{character:?} of {}", family.prefix);
            }
        }
    }
}
