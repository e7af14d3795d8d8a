//! Remembers how many tokens a piece has: a text repeats itself, and so do the texts of one site.

use std::cell::RefCell;

use super::layout;

/// The longest piece that is remembered, in bytes.
pub(super) const MAX_PIECE_BYTES: usize = 30;

/// The longest piece that a short entry has room for, in bytes: most words in Latin script.
const MAX_SHORT_BYTES: usize = 14;

/// How many pieces are remembered: 512 KiB a thread, of which a short text touches little. Newer ones push older
/// ones out.
const SHORT_ENTRIES: usize = 16_384;
const LONG_ENTRIES: usize = 8_192;

/// The bytes of a piece, zero-padded, its length and its encoding; the last byte is for the number of tokens.
type Short = [u64; 2];
type Long = [u64; 4];

const COUNT_BITS: u32 = 8;
const COUNT_SHIFT: u32 = u64::BITS - COUNT_BITS;

/// Where the length and the encoding stand in the last word of an entry, above the bytes of the longest piece.
const TAG_SHIFT: u32 = 48;

/// What is remembered, by a hash of the piece. An entry holds the whole piece: nobody can make up a text whose
/// pieces are taken for others.
pub(super) struct PieceCache {
    short: Vec<Short>,
    long: Vec<Long>,
}

/// A piece as the cache knows it.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Short(Short),
    Long(Long),
    /// Too long to be remembered.
    None,
}

impl Key {
    /// Takes the piece at `start..end` of a text.
    #[inline]
    pub(super) fn new(text: &[u8], start: usize, end: usize, encoding: u8) -> Self {
        let length = end - start;
        let tag = (u64::try_from(length).unwrap_or(0) | (u64::from(encoding) << 5)) << TAG_SHIFT;
        if length <= MAX_SHORT_BYTES {
            let [first, second] = words_at::<2, 16>(text, start, end);
            let [a, b] = mask_of(&SHORT_MASKS, length);
            Self::Short([first & a, (second & b) | tag])
        } else if length <= MAX_PIECE_BYTES {
            let [first, second, third, fourth] = words_at::<4, 32>(text, start, end);
            let [a, b, c, d] = mask_of(&LONG_MASKS, length);
            Self::Long([first & a, second & b, third & c, (fourth & d) | tag])
        } else {
            Self::None
        }
    }
}

impl PieceCache {
    const fn new() -> Self {
        Self { short: Vec::new(), long: Vec::new() }
    }

    /// How many tokens the piece has, if that is remembered.
    #[inline]
    pub(super) fn find(&self, key: Key) -> Option<usize> {
        match key {
            Key::Short(key @ [first, second]) => {
                let [a, b] = *self.short.get(short_place(key))?;
                (a == first && b << COUNT_BITS == second << COUNT_BITS).then(|| count_of(b))
            }
            Key::Long(key @ [first, second, third, fourth]) => {
                let [a, b, c, d] = *self.long.get(long_place(key))?;
                let is_same = a == first && b == second && c == third;
                (is_same && d << COUNT_BITS == fourth << COUNT_BITS).then(|| count_of(d))
            }
            Key::None => None,
        }
    }

    /// Remembers how many tokens the piece has.
    pub(super) fn remember(&mut self, key: Key, tokens: usize) {
        let Ok(tokens) = u8::try_from(tokens) else { return };
        let count = u64::from(tokens) << COUNT_SHIFT;
        match key {
            Key::Short(key @ [first, second]) => {
                if let Some(entry) = self.short.get_mut(short_place(key)) {
                    *entry = [first, second | count];
                }
            }
            Key::Long(key @ [first, second, third, fourth]) => {
                if let Some(entry) = self.long.get_mut(long_place(key)) {
                    *entry = [first, second, third, fourth | count];
                }
            }
            Key::None => {}
        }
    }
}

/// The count in the last word of an entry.
#[inline]
fn count_of(word: u64) -> usize {
    usize::try_from(word >> COUNT_SHIFT).unwrap_or(0)
}

#[inline]
fn short_place([first, second]: Short) -> usize {
    usize::try_from(layout::fold(first ^ second.rotate_left(32))).unwrap_or(0) % SHORT_ENTRIES
}

#[inline]
fn long_place([first, second, third, fourth]: Long) -> usize {
    let mixed = layout::fold(first ^ fourth.rotate_left(16)) ^ layout::fold(second ^ third.rotate_left(32));
    usize::try_from(mixed).unwrap_or(0) % LONG_ENTRIES
}

/// The words of a text that begin at a place, of which those behind `end` are anything.
#[inline]
fn words_at<const WORDS: usize, const BYTES: usize>(text: &[u8], start: usize, end: usize) -> [u64; WORDS] {
    match text.get(start..).and_then(<[u8]>::first_chunk::<BYTES>) {
        Some(bytes) => words_of(bytes),
        None => words_of(&padded::<BYTES>(text, start, end)),
    }
}

/// The bytes of a piece near the end of its text.
#[cold]
fn padded<const BYTES: usize>(text: &[u8], start: usize, end: usize) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (byte, source) in bytes.iter_mut().zip(text.get(start..end).unwrap_or_default()) {
        *byte = *source;
    }
    bytes
}

thread_local! {
    static CACHE: RefCell<PieceCache> = const { RefCell::new(PieceCache::new()) };
}

/// The memory that this thread's cache of pieces takes, in bytes; none before the first text was counted.
pub fn held_bytes() -> usize {
    CACHE.with_borrow(|cache| size_of_val(cache.short.as_slice()) + size_of_val(cache.long.as_slice()))
}

/// Lends the thread's cache. Its memory is asked for at the first use, all zeros, and zeros match no piece.
#[inline]
pub(super) fn with<T>(action: impl FnOnce(&mut PieceCache) -> T) -> T {
    CACHE.with_borrow_mut(|cache| {
        if cache.short.is_empty() {
            *cache = PieceCache { short: vec![[0; 2]; SHORT_ENTRIES], long: vec![[0; 4]; LONG_ENTRIES] };
        }
        action(cache)
    })
}

#[inline]
fn words_of<const WORDS: usize>(bytes: &[u8]) -> [u64; WORDS] {
    let (words, _) = bytes.as_chunks::<8>();
    let mut result = [0; WORDS];
    for (word, bytes) in result.iter_mut().zip(words) {
        *word = u64::from_le_bytes(*bytes);
    }
    result
}

#[inline]
fn mask_of<const WORDS: usize>(masks: &[[u64; WORDS]], length: usize) -> [u64; WORDS] {
    masks.get(length).copied().unwrap_or([0; WORDS])
}

/// For each length the bits of its bytes.
static SHORT_MASKS: [[u64; 2]; MAX_SHORT_BYTES + 1] = masks();
static LONG_MASKS: [[u64; 4]; MAX_PIECE_BYTES + 1] = masks();

const fn masks<const WORDS: usize, const LENGTHS: usize>() -> [[u64; WORDS]; LENGTHS] {
    let mut masks = [[0; WORDS]; LENGTHS];
    let mut rest = masks.as_mut_slice();
    let mut length: u32 = 0;
    while let [words, others @ ..] = rest {
        let mut before: u32 = 0;
        let mut words = words.as_mut_slice();
        while let [word, later @ ..] = words {
            *word = mask(length.saturating_sub(before));
            before += 8;
            words = later;
        }
        length += 1;
        rest = others;
    }
    masks
}

const fn mask(bytes: u32) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}
