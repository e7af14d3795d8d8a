//! Remembers how many tokens a piece has: a text repeats itself, and so do the texts of one site.

use std::cell::RefCell;

use super::layout;

/// The longest piece that is remembered, in bytes.
pub(super) const MAX_PIECE_BYTES: usize = 30;

/// How many pieces are remembered: 512 KiB a thread, of which a short text touches little. Newer ones push older
/// ones out.
const ENTRIES: usize = 16_384;

/// The bytes of a piece, zero-padded, its length and its encoding; the last byte is for the number of tokens.
type Entry = [u64; 4];

const COUNT_SHIFT: u32 = 56;

/// What is remembered, by a hash of the piece. An entry holds the whole piece: nobody can make up a text whose
/// pieces are taken for others.
pub(super) struct PieceCache(Vec<Entry>);

/// A piece as the cache knows it.
#[derive(Clone, Copy)]
pub(super) struct Key(Entry);

impl Key {
    /// Takes the piece at `start..end` of a text; `None` when it is too long.
    #[inline]
    pub(super) fn new(text: &[u8], start: usize, end: usize, encoding: u8) -> Option<Self> {
        let length = end - start;
        if length > MAX_PIECE_BYTES {
            return None;
        }
        let words = if let Some(bytes) = text.get(start..)?.first_chunk::<32>() {
            words_of(bytes)
        } else {
            let mut bytes = [0; 32];
            bytes.get_mut(..length)?.copy_from_slice(text.get(start..end)?);
            words_of(&bytes)
        };
        let [first, second, third, fourth] = words;
        let [a, b, c, d] = *MASKS.get(length)?;
        let tag = (u64::try_from(length).ok()? | (u64::from(encoding) << 5)) << 48;
        Some(Self([first & a, second & b, third & c, (fourth & d) | tag]))
    }

    #[inline]
    fn place(&self) -> usize {
        let [first, second, third, fourth] = self.0;
        let mixed =
            layout::fold(first ^ fourth.rotate_left(16)) ^ layout::fold(second ^ third.rotate_left(32));
        usize::try_from(mixed).unwrap_or(0) % ENTRIES
    }
}

impl PieceCache {
    /// How many tokens the piece has; asks `count` when it is not remembered.
    #[inline]
    pub(super) fn count(&mut self, key: Key, count: impl FnOnce() -> usize) -> usize {
        let Some(entry) = self.0.get_mut(key.place()) else { return count() };
        let Key([first, second, third, fourth]) = key;
        let [a, b, c, d] = *entry;
        if a == first && b == second && c == third && d << 8 == fourth << 8 {
            return usize::try_from(d >> COUNT_SHIFT).unwrap_or(0);
        }
        let counted = count();
        if let Ok(small) = u8::try_from(counted) {
            *entry = [first, second, third, fourth | (u64::from(small) << COUNT_SHIFT)];
        }
        counted
    }
}

thread_local! {
    static CACHE: RefCell<PieceCache> = const { RefCell::new(PieceCache(Vec::new())) };
}

/// The memory that this thread's cache of pieces takes, in bytes; none before the first text was counted.
pub fn held_bytes() -> usize {
    CACHE.with_borrow(|cache| size_of_val(cache.0.as_slice()))
}

/// Lends the thread's cache. Its memory is asked for at the first use, all zeros, and zeros match no piece.
#[inline]
pub(super) fn with<T>(action: impl FnOnce(&mut PieceCache) -> T) -> T {
    CACHE.with_borrow_mut(|cache| {
        if cache.0.is_empty() {
            cache.0 = vec![[0; 4]; ENTRIES];
        }
        action(cache)
    })
}

fn words_of(bytes: &[u8; 32]) -> [u64; 4] {
    let (words, _) = bytes.as_chunks::<8>();
    let mut result = [0; 4];
    for (word, bytes) in result.iter_mut().zip(words) {
        *word = u64::from_le_bytes(*bytes);
    }
    result
}

/// For each length the bits of its bytes.
static MASKS: [[u64; 4]; MAX_PIECE_BYTES + 1] = masks();

const fn masks() -> [[u64; 4]; MAX_PIECE_BYTES + 1] {
    let mut masks = [[0; 4]; MAX_PIECE_BYTES + 1];
    let mut rest = masks.as_mut_slice();
    let mut length: u32 = 0;
    while let [[a, b, c, d], others @ ..] = rest {
        *a = mask(length);
        *b = mask(length.saturating_sub(8));
        *c = mask(length.saturating_sub(16));
        *d = mask(length.saturating_sub(24));
        length += 1;
        rest = others;
    }
    masks
}

const fn mask(bytes: u32) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}
