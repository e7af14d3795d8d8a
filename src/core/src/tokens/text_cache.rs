//! Remembers how many tokens a message has: a conversation is trimmed again at each turn, and grows by a message.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use super::ModelInfo;

/// A shorter text is counted about as fast as it is looked up.
const MIN_TEXT_BYTES: usize = 64;

/// How many texts are remembered: 64 KiB a thread. Newer ones push older ones out.
const ENTRIES: usize = 4096;

#[derive(Clone, Copy, Default)]
struct Entry {
    hash: u64,
    tokens: u32,
    /// Zero in an entry that is empty.
    bytes: u32,
}

/// Texts are known by their length and a hash with a key of its own, which nobody outside can know: a text that is
/// taken for another is met once in 2⁶⁴ times, whoever writes it.
struct TextCache {
    hasher: RandomState,
    entries: Vec<Entry>,
}

/// How many tokens a text has, from the thread's memory when it was counted lately.
pub(super) fn count(text: &str, model: &ModelInfo) -> usize {
    thread_local! {
        static CACHE: RefCell<Option<TextCache>> = const { RefCell::new(None) };
    }
    let Some(bytes) = u32::try_from(text.len()).ok().filter(|_| text.len() >= MIN_TEXT_BYTES) else {
        return model.count(text).tokens;
    };
    CACHE.with_borrow_mut(|cache| {
        let cache = cache.get_or_insert_with(|| TextCache {
            hasher: RandomState::new(),
            entries: vec![Entry::default(); ENTRIES],
        });
        let hash =
            cache.hasher.hash_one((model.encoding, model.estimate.map(|estimate| estimate.name), text));
        let place = usize::try_from(hash).unwrap_or(0) % ENTRIES;
        let Some(entry) = cache.entries.get_mut(place) else { return model.count(text).tokens };
        if entry.hash != hash || entry.bytes != bytes {
            let tokens = model.count(text).tokens;
            // More tokens than 32 bits hold are not remembered.
            let Ok(small) = u32::try_from(tokens) else { return tokens };
            *entry = Entry { hash, tokens: small, bytes };
        }
        usize::try_from(entry.tokens).unwrap_or(usize::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::model_info;

    const MODELS: [&str; 6] =
        ["gpt-4o", "gpt-4", "text-davinci-003", "davinci", "claude-sonnet-4-5", "gemini-2.5-pro"];

    #[test]
    fn a_text_that_is_remembered_has_the_same_count() {
        for length in [63, 64, 65, 500] {
            for model in MODELS.map(model_info) {
                let text = "Größe ".repeat(length);
                let expected = model.count(&text).tokens;

                assert_eq!(count(&text, &model), expected);
                assert_eq!(count(&text, &model), expected);
            }
        }
    }

    #[test]
    fn texts_that_push_each_other_out_keep_their_counts() {
        let model = model_info("gpt-4o");
        for round in 0..2 {
            for number in 0..3 * ENTRIES {
                let text =
                    format!("{number} is the number of this text, which is long enough to be remembered");

                assert_eq!(count(&text, &model), model.count(&text).tokens, "{round}");
            }
        }
    }
}
