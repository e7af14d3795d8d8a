use super::encoding::PieceCounter;
use super::piece_cache;
use super::pieces::Pieces;
use super::{ModelInfo, TokenCount, model_info};

/// Under this many bytes it is not worth looking whether something is settled.
const MIN_SETTLED_BYTES: usize = 64;

/// Counts the tokens of a text that arrives in parts, cut anywhere, also inside of a character.
///
/// The count is at all times that of [`count`](super::count) for what has arrived. Only the end that more text may
/// still change is kept, which is a word or a run of one kind of character.
///
/// ```
/// use platen_core::tokens::{TokenCounter, count};
///
/// let mut counter = TokenCounter::new("gpt-4o");
/// counter.push(b"Hello, wor");
/// counter.push(b"ld!");
///
/// assert_eq!(counter.count(), count("Hello, world!", "gpt-4o"));
/// ```
#[derive(Clone, Debug)]
pub struct TokenCounter {
    info: ModelInfo,
    /// What more text cannot change, as [`ModelInfo::cost`] has it.
    settled_cost: usize,
    /// What follows it.
    pending: String,
    /// The bytes of a character that has not arrived whole: at most three.
    partial: Vec<u8>,
    /// How long `pending` must be before it is looked at again.
    next_look_bytes: usize,
}

impl TokenCounter {
    /// Begins with an empty text.
    pub fn new(model: &str) -> Self {
        Self {
            info: model_info(model),
            settled_cost: 0,
            pending: String::new(),
            partial: Vec::new(),
            next_look_bytes: MIN_SETTLED_BYTES,
        }
    }

    /// Appends bytes. Those that are not UTF-8 count as U+FFFD.
    ///
    /// All calls together take time in proportion to the text.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.partial.is_empty() {
            self.push_text(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(bytes);
            self.push_text(&joined);
        }
        if self.pending.len() >= self.next_look_bytes {
            self.settle();
            // Twice as much must arrive before a run that does not end is read again.
            self.next_look_bytes = (self.pending.len() * 2).max(MIN_SETTLED_BYTES);
        }
    }

    /// How many tokens have arrived.
    pub fn count(&self) -> TokenCount {
        let end = String::from_utf8_lossy(&self.partial);
        let pending = if end.is_empty() {
            self.info.cost(&self.pending)
        } else {
            self.info.cost(&format!("{}{end}", self.pending))
        };
        self.info.tokens_of(self.settled_cost.saturating_add(pending))
    }

    fn push_text(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.pending.push_str(chunk.valid());
            if chunk.invalid().is_empty() {
                continue;
            }
            if chunks.peek().is_none() && is_incomplete(chunk.invalid()) {
                self.partial.extend_from_slice(chunk.invalid());
            } else {
                self.pending.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    /// Counts the pieces that more text cannot change, and lets go of them.
    fn settle(&mut self) {
        let mut counter = PieceCounter::new(self.info.encoding);
        let mut pieces = Pieces::new(&self.pending);
        let mut start = 0;
        piece_cache::with(|cache| {
            while let Some(end) = pieces.settled_end(counter.rules, start) {
                let tokens = counter.count(cache, self.pending.as_bytes(), start, end);
                let piece = self.pending.as_bytes().get(start..end).unwrap_or_default();
                self.settled_cost = self.settled_cost.saturating_add(self.info.cost_of_piece(piece, tokens));
                start = end;
            }
        });
        self.pending.drain(..start);
    }
}

/// Whether bytes that are no character may be the beginning of one.
fn is_incomplete(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokens::count;

    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let fragment = prop_oneof![
            Just("don't we'LL".as_bytes().to_vec()),
            Just(b" \n\n  \r\n".to_vec()),
            Just("漢字ABCdef 👩‍👧 é".as_bytes().to_vec()),
            Just(b"12345 -- </p>/\n".to_vec()),
            Just(b"\xFF\xE2\x82".to_vec()),
            "\\PC{0,20}".prop_map(String::into_bytes),
        ];
        prop::collection::vec(fragment, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn every_cut_gives_the_count_of_what_has_arrived(
            text in texts(),
            steps in prop::collection::vec(1..90_usize, 1..20),
            model in prop_oneof![Just("gpt-4o"), Just("gpt-4"), Just("davinci"), Just("claude-sonnet-4-5")],
        ) {
            let mut counter = TokenCounter::new(model);
            let mut end = 0;
            for step in steps.iter().cycle() {
                if end == text.len() {
                    break;
                }
                let next = text.len().min(end + step);
                counter.push(&text[end..next]);
                end = next;

                prop_assert_eq!(counter.count(), count(&String::from_utf8_lossy(&text[..end]), model));
            }
        }
    }

    #[test]
    fn what_is_settled_is_not_kept() {
        let mut counter = TokenCounter::new("gpt-4o");
        for _ in 0..10_000 {
            counter.push(b"word ");
        }

        assert!(counter.pending.len() < 2 * MIN_SETTLED_BYTES);
        assert_eq!(counter.count().tokens, count(&"word ".repeat(10_000), "gpt-4o").tokens);
    }
}
