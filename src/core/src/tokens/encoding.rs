use super::layout::NO_RANK;
use super::merge::merge;
use super::tables::{CL100K_BASE, O200K_BASE, Tables};

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
    /// GPT-4, GPT-3.5 and the embedding models.
    Cl100kBase,
}

impl Encoding {
    /// The name that tiktoken and the model cards use.
    pub fn name(self) -> &'static str {
        match self {
            Self::O200kBase => "o200k_base",
            Self::Cl100kBase => "cl100k_base",
        }
    }

    /// The encoding with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::O200kBase, Self::Cl100kBase].into_iter().find(|encoding| encoding.name() == name)
    }

    /// How many tokens a text has. Takes time in proportion to the text, whatever the text.
    pub fn count(self, text: &str) -> usize {
        let mut tokens = 0;
        self.each_token(text, &mut |_| tokens += 1);
        tokens
    }

    /// The ids of a text's tokens, in order.
    pub fn encode(self, text: &str) -> Vec<u32> {
        let vocabulary = &self.tables().vocabulary;
        let mut ids = Vec::with_capacity(text.len() / 4);
        self.each_token(text, &mut |token| ids.push(vocabulary.rank(token)));
        ids
    }

    fn tables(self) -> &'static Tables {
        match self {
            Self::O200kBase => &O200K_BASE,
            Self::Cl100kBase => &CL100K_BASE,
        }
    }

    fn each_token<'t>(self, text: &'t str, emit: &mut impl FnMut(&'t [u8])) {
        let Tables { automaton, vocabulary } = self.tables();
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(automaton.piece_length(rest));
            if vocabulary.rank(piece) == NO_RANK {
                merge(vocabulary, piece, emit);
            } else {
                emit(piece);
            }
            rest = after;
        }
    }
}
