//! Estimates for the vocabularies that are not public, or not part of Platen.
//!
//! What `o200k_base` counts is weighed by the script of each piece, so that the sum comes to what the other vocabulary
//! counts; `tests/vectors/estimates.py` fits the weights, and docs/tokens.md reports what they leave.

use super::script::{SCRIPTS, Script};

/// The unit in which a text is weighed: a thousandth of a token.
pub(super) const COST_OF_A_TOKEN: usize = 1000;

/// How a vocabulary is estimated.
#[derive(Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Tells the estimates apart.
    pub(super) name: &'static str,
    pub(super) error_percent: u16,
    /// By script, what a token of `o200k_base` costs, in thousandths of a token.
    pub(super) per_token: [u16; SCRIPTS],
    /// By script, what a byte costs, in thousandths of a token.
    pub(super) per_byte: [u16; SCRIPTS],
}

/// A model of OpenAI later than those whose encoding has been published: most likely one that is known, and no more
/// different from it than `o200k_base` was from the one before on text in Latin script.
pub(super) static LATER_GPT: Estimate =
    Estimate { name: "gpt", error_percent: 35, per_token: [1000; SCRIPTS], per_byte: [0; SCRIPTS] };

impl Estimate {
    /// By how many percent of the estimate the model's own count may differ from it, up or down. 99 of 100 texts of
    /// 1 KB, of 70 languages and code, keep to it; short texts may not.
    pub fn error_percent(&self) -> u16 {
        self.error_percent
    }

    /// What a piece costs of which `o200k_base` makes so many tokens, in [thousandths](COST_OF_A_TOKEN).
    #[inline]
    pub(super) fn cost(&self, piece: &[u8], tokens: usize) -> usize {
        let (token, byte) = self.weights(Script::of(piece, tokens));
        tokens.saturating_mul(token).saturating_add(piece.len().saturating_mul(byte))
    }

    #[inline]
    pub(super) fn weights(&self, script: Script) -> (usize, usize) {
        let place = script as usize;
        let weight = |table: &[u16; SCRIPTS]| table.get(place).copied().map_or(COST_OF_A_TOKEN, usize::from);
        (weight(&self.per_token), weight(&self.per_byte))
    }
}
