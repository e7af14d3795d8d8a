//! Pieces of ASCII characters before an ASCII character: most of most texts, and split without a look at the tables of
//! Unicode. Whatever else is met, `None` says nothing, and [`Pieces`](super::pieces::Pieces) looks again.

use super::kinds::{LETTER, LOWER, NEWLINE, NUMBER, SPACE, UPPER};

/// A text, as far as it is ASCII.
#[derive(Clone, Copy)]
pub(super) struct Ascii<'t>(pub(super) &'t [u8]);

impl Ascii<'_> {
    /// Where the piece ends that `o200k_base` takes from `start`.
    #[inline]
    pub(super) fn end_by_o200k(self, start: usize) -> Option<usize> {
        let (first, second) = (self.kind(start), self.kind(start + 1));
        if second & LETTER != 0 && first & (LETTER | NUMBER | NEWLINE | WIDE) == 0 {
            self.word(start, start + 1)
        } else if first & LETTER != 0 {
            self.word(start, start)
        } else if (first | second) & WIDE != 0 {
            None
        } else if first & NUMBER != 0 {
            let third = if second & NUMBER == 0 { second } else { self.kind(start + 2) };
            let numbers = 1 + usize::from(second & NUMBER != 0) + usize::from(third & NUMBER != 0);
            (third & WIDE == 0).then_some(start + numbers)
        } else if first == 0 {
            self.others(start + 1)
        } else if second == 0 && self.0.get(start) == Some(&b' ') {
            self.others(start + 2)
        } else {
            self.whitespace(start)
        }
    }

    /// The end of a word whose letters begin at `letters`.
    #[inline]
    fn word(self, start: usize, letters: usize) -> Option<usize> {
        if let Some((end, next)) = self.plain_word(start) {
            return (next != b'\'').then_some(end);
        }
        let upper_end = self.skip(letters, UPPER);
        let end = self.skip(upper_end, LOWER);
        let next = *self.0.get(end)?;
        (next < 0x80 && next != b'\'').then_some(end)
    }

    /// The end of `[^\s\p{L}\p{N}]*[\r\n/]*`.
    #[inline]
    fn others(self, start: usize) -> Option<usize> {
        let mut end = start;
        while self.kind(end) == 0 {
            end += 1;
        }
        if self.kind(end) & WIDE != 0 {
            return None;
        }
        while matches!(self.0.get(end)?, b'\r' | b'\n' | b'/') {
            end += 1;
        }
        Some(end)
    }

    #[inline]
    fn whitespace(self, start: usize) -> Option<usize> {
        let mut end = start;
        let mut newline_end = None;
        let next = loop {
            let kind = self.kind(end);
            if kind & SPACE == 0 {
                break kind;
            }
            end += 1;
            if kind & NEWLINE != 0 {
                newline_end = Some(end);
            }
        };
        let without_last = if end == start + 1 { end } else { end - 1 };
        (next & WIDE == 0).then_some(newline_end.unwrap_or(without_last))
    }

    #[inline]
    fn skip(self, start: usize, bits: u8) -> usize {
        let mut end = start;
        while self.kind(end) & bits != 0 {
            end += 1;
        }
        end
    }

    /// The kind of an ASCII character; [`WIDE`] for any other and for the end of the text.
    #[inline]
    fn kind(self, place: usize) -> u8 {
        self.0.get(place).map_or(WIDE, |byte| kind(*byte))
    }

    /// The end of `[^\r\n\p{L}\p{N}']?[A-Z]?[a-z]{1,15}` and the byte behind it, when that is ASCII: most of the pieces
    /// of most texts, found eight bytes at a time. `None` says nothing.
    #[inline]
    pub(super) fn plain_word(self, start: usize) -> Option<(usize, u8)> {
        let head = self.0.get(start..)?.first_chunk::<PLAIN_WORD_BYTES>()?;
        let mut place = 0;
        if !head[0].is_ascii_alphabetic() {
            if head[0] == b'\'' || head[0] >= 0x80 || kind(head[0]) & (NUMBER | NEWLINE) != 0 {
                return None;
            }
            place = 1;
        }
        place += usize::from(head[place].is_ascii_uppercase());
        let (words, _) = head.get(place..place + 2 * WORD_BYTES)?.as_chunks::<WORD_BYTES>();
        let [first, second] = words else { return None };
        let mut letters = lower_letters(*first);
        if letters == WORD_BYTES {
            letters += lower_letters(*second);
        }
        let next = *head.get(place + letters)?;
        let is_plain = letters > 0 && letters < 2 * WORD_BYTES && next < 0x80;
        is_plain.then_some((start + place + letters, next))
    }
}

/// How many bytes a processor looks at in one go.
const WORD_BYTES: usize = size_of::<u64>();

/// What [`Ascii::plain_word`] looks at: a mark, a capital, twice a word, and the byte behind.
const PLAIN_WORD_BYTES: usize = 2 + 2 * WORD_BYTES + 1;

/// How many lower-case ASCII letters eight bytes begin with.
#[inline]
fn lower_letters(bytes: [u8; WORD_BYTES]) -> usize {
    const EACH: u64 = u64::MAX / 0xFF;
    const HIGH_BITS: u64 = 0x80 * EACH;
    let word = u64::from_le_bytes(bytes);
    let low_bits = word & !HIGH_BITS;
    // A sum has the high bit of a byte set when that byte is at least the letter.
    let from_a = low_bits + (0x80 - u64::from(b'a')) * EACH;
    let past_z = low_bits + (0x80 - u64::from(b'z') - 1) * EACH;
    let others = !(from_a & !past_z & !word) & HIGH_BITS;
    usize::try_from(others.trailing_zeros() / 8).unwrap_or(WORD_BYTES)
}

/// A byte that is not ASCII, or none.
const WIDE: u8 = 128;

const BYTE_KINDS: [u8; 256] = byte_kinds();

#[inline]
pub(super) fn kind(byte: u8) -> u8 {
    BYTE_KINDS[usize::from(byte)]
}

const fn byte_kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut byte: u8 = 0;
    let mut rest = kinds.as_mut_slice();
    while let [kind, others @ ..] = rest {
        *kind = match byte {
            b'A'..=b'Z' => UPPER | LETTER,
            b'a'..=b'z' => LOWER | LETTER,
            b'0'..=b'9' => NUMBER,
            b'\r' | b'\n' => SPACE | NEWLINE,
            b'\t' | 0x0B | 0x0C | b' ' => SPACE,
            0x80.. => WIDE,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
        rest = others;
    }
    kinds
}
