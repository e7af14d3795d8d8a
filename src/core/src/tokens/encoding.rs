use thiserror::Error;

use super::dictionary::Dictionary;
use super::merge::Encoder;
use super::piece_cache::{self, Key, PieceCache};
use super::pieces::{Pieces, Rules};
use super::tables::{CL100K_BASE, O200K_BASE, P50K_BASE, R50K_BASE};

/// A byte-pair encoding of OpenAI. Its tables are part of the binary and cost nothing until they are used.
///
/// The text of a special token (`<|endoftext|>`) is encoded as ordinary text: what a visitor writes never
/// becomes a control token.
///
/// ```
/// use platen_core::tokens::Encoding;
///
/// assert_eq!(Encoding::O200kBase.encode("Hello, world!"), [13225, 11, 2375, 0]);
/// assert_eq!(Encoding::Cl100kBase.count("Hello, world!"), 4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// GPT-4o and everything after it.
    O200kBase,
    /// The open models: `o200k_base` with more special tokens, so that ordinary text is encoded alike.
    O200kHarmony,
    /// GPT-4, GPT-3.5 and the embedding models.
    Cl100kBase,
    /// The Codex models and `text-davinci-002` and `-003`.
    P50kBase,
    /// GPT-3 and GPT-2.
    R50kBase,
}

impl Encoding {
    /// All encodings.
    pub const ALL: [Self; 5] =
        [Self::O200kBase, Self::O200kHarmony, Self::Cl100kBase, Self::P50kBase, Self::R50kBase];

    /// The name that tiktoken and the model cards use.
    pub fn name(self) -> &'static str {
        match self {
            Self::O200kBase => "o200k_base",
            Self::O200kHarmony => "o200k_harmony",
            Self::Cl100kBase => "cl100k_base",
            Self::P50kBase => "p50k_base",
            Self::R50kBase => "r50k_base",
        }
    }

    /// The encoding with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.name() == name)
    }

    /// How many tokens a text has. Takes time in proportion to the text, whatever the text.
    pub fn count(self, text: &str) -> usize {
        let mut tokens = 0;
        self.count_pieces(text, |_, counted| tokens += counted);
        tokens
    }

    /// Calls `each` with each piece of a text and how many tokens it has.
    #[inline]
    pub(super) fn count_pieces(self, text: &str, mut each: impl FnMut(&[u8], usize)) {
        let bytes = text.as_bytes();
        let mut counter = PieceCounter::new(self);
        let mut pieces = Pieces::new(text);
        let mut start = 0;
        piece_cache::with(|cache| {
            while start < bytes.len() {
                let end = pieces.end(counter.rules, start);
                let tokens = counter.count(cache, bytes, start, end);
                each(bytes.get(start..end).unwrap_or_default(), tokens);
                start = end;
            }
        });
    }

    /// The ids of a text's tokens, in order.
    pub fn encode(self, text: &str) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 4);
        self.each_piece(text, |_, tokens| {
            ids.extend_from_slice(tokens);
            true
        });
        ids
    }

    /// The bytes that the tokens stand for. They need not be text: a token can be a part of a character.
    ///
    /// # Errors
    /// [`UnknownToken`] for an id that the encoding does not have; those of special tokens are among them.
    pub fn decode(self, tokens: &[u32]) -> Result<Vec<u8>, UnknownToken> {
        let dictionary = self.dictionary();
        let mut bytes = Vec::with_capacity(tokens.len().saturating_mul(4));
        for token in tokens {
            if !dictionary.append_bytes(*token, &mut bytes) {
                return Err(UnknownToken { token: *token, encoding: self });
            }
        }
        Ok(bytes)
    }

    /// How many bytes the tokens stand for. An id that the encoding does not have stands for none.
    pub fn decoded_bytes(self, tokens: &[u32]) -> usize {
        let dictionary = self.dictionary();
        tokens.iter().map(|token| dictionary.length(*token)).sum()
    }

    /// Calls `each` with the end of each piece of a text and the piece's tokens, as long as it wants more.
    pub(super) fn each_piece(self, text: &str, mut each: impl FnMut(usize, &[u32]) -> bool) {
        let bytes = text.as_bytes();
        let (dictionary, rules) = (self.dictionary(), self.rules());
        let mut encoder = Encoder::default();
        let mut pieces = Pieces::new(text);
        let mut start = 0;
        while start < bytes.len() {
            let end = pieces.end(rules, start);
            if !each(end, encoder.encode(dictionary, bytes.get(start..end).unwrap_or_default())) {
                break;
            }
            start = end;
        }
    }

    pub(super) fn dictionary(self) -> &'static Dictionary {
        match self {
            Self::O200kBase | Self::O200kHarmony => &O200K_BASE,
            Self::Cl100kBase => &CL100K_BASE,
            Self::P50kBase => &P50K_BASE,
            Self::R50kBase => &R50K_BASE,
        }
    }

    pub(super) fn rules(self) -> Rules {
        match self {
            Self::O200kBase | Self::O200kHarmony => Rules::O200k,
            Self::Cl100kBase => Rules::Cl100k,
            Self::P50kBase | Self::R50kBase => Rules::Gpt2,
        }
    }

    /// Tells the encodings apart in the cache of pieces.
    fn number(self) -> u8 {
        match self {
            Self::O200kBase | Self::O200kHarmony => 0,
            Self::Cl100kBase => 1,
            Self::P50kBase => 2,
            Self::R50kBase => 3,
        }
    }
}

/// An id that is none of the encoding's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{} has no token {token}", .encoding.name())]
pub struct UnknownToken {
    /// The id.
    pub token: u32,
    /// The encoding it was looked up in.
    pub encoding: Encoding,
}

/// Counts the pieces of a text.
pub(super) struct PieceCounter {
    pub(super) rules: Rules,
    dictionary: &'static Dictionary,
    number: u8,
    encoder: Encoder,
}

impl PieceCounter {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self {
            rules: encoding.rules(),
            dictionary: encoding.dictionary(),
            number: encoding.number(),
            encoder: Encoder::default(),
        }
    }

    /// How many tokens the piece at `start..end` of a text has.
    #[inline]
    pub(super) fn count(&mut self, cache: &mut PieceCache, text: &[u8], start: usize, end: usize) -> usize {
        // Every byte is a token.
        if end - start == 1 {
            return 1;
        }
        let key = Key::new(text, start, end, self.number);
        if let Some(tokens) = cache.find(key) {
            return tokens;
        }
        let tokens = self.encode(text.get(start..end).unwrap_or_default());
        cache.remember(key, tokens);
        tokens
    }

    /// Not inlined: most pieces are remembered, and the loop over them stays short.
    #[inline(never)]
    fn encode(&mut self, piece: &[u8]) -> usize {
        self.encoder.count(self.dictionary, piece)
    }
}
