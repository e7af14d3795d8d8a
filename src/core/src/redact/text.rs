//! A text as the detectors see it: bytes, with a boundary on either side of it.
//!
//! Everything that is looked for is ASCII, but for letters in e-mail addresses, so bytes are enough, and the
//! ends of a finding are always ends of characters. A placeholder counts as a digit and as a letter wherever a
//! neighbour could forbid a finding: so a redacted text allows nothing that the original did not.

use super::placeholder;

/// Bytes searched at once. The compiler turns a loop of fixed length into vector instructions.
const CHUNK_BYTES: usize = 64;

/// From the first to behind the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a [u8]);

impl<'a> Text<'a> {
    /// The byte at a place; NUL, which is part of nothing, behind the end.
    pub(super) fn at(self, place: usize) -> u8 {
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The byte before a place; NUL before the beginning.
    pub(super) fn before(self, place: usize) -> u8 {
        place.checked_sub(1).map_or(0, |place| self.at(place))
    }

    pub(super) fn slice(self, start: usize, end: usize) -> &'a [u8] {
        self.0.get(start..end).unwrap_or_default()
    }

    pub(super) fn has(self, place: usize, wanted: &[u8]) -> bool {
        self.0.get(place..).is_some_and(|rest| rest.starts_with(wanted))
    }

    /// As [`Self::has`] for a word in lower case, whatever the case of the text.
    pub(super) fn has_word(self, place: usize, wanted: &[u8]) -> bool {
        self.0.get(place..place + wanted.len()).is_some_and(|given| given.eq_ignore_ascii_case(wanted))
    }

    /// The first place at or behind `from` whose byte is wanted.
    pub(super) fn find(self, from: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
        let (chunks, _) = self.0.get(from..)?.as_chunks::<CHUNK_BYTES>();
        let mut place = from;
        for chunk in chunks {
            if chunk.iter().fold(false, |any, byte| any | is_wanted(*byte)) {
                break;
            }
            place += CHUNK_BYTES;
        }
        self.0.get(place..)?.iter().position(|byte| is_wanted(*byte)).map(|distance| place + distance)
    }

    /// Where a run of such bytes ends that begins at `from`.
    pub(super) fn skip(self, from: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let rest = self.0.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len())
    }

    /// As [`Self::skip`], but for so many bytes at most.
    pub(super) fn skip_at_most(self, from: usize, bytes: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let rest = self.0.get(from..).unwrap_or_default();
        from + rest.iter().take(bytes).take_while(|byte| is_part(**byte)).count()
    }

    /// Whether a word, a number or a placeholder ends here: then no other can begin.
    pub(super) fn is_closed_before(self, place: usize) -> bool {
        is_word(self.before(place)) || self.is_placeholder_before(place)
    }

    /// Whether a word, a number or a placeholder begins here: then no other can end.
    pub(super) fn is_closed_after(self, place: usize) -> bool {
        is_word(self.at(place)) || self.is_placeholder_after(place)
    }

    /// Whether a digit or a placeholder and one of the separators stand before a place.
    pub(super) fn is_joined_before(self, place: usize, separators: &[u8]) -> bool {
        place > 1
            && separators.contains(&self.before(place))
            && (self.before(place - 1).is_ascii_digit() || self.is_placeholder_before(place - 1))
    }

    /// Whether one of the separators and a digit or a placeholder stand at a place.
    pub(super) fn is_joined_after(self, place: usize, separators: &[u8]) -> bool {
        separators.contains(&self.at(place))
            && (self.at(place + 1).is_ascii_digit() || self.is_placeholder_after(place + 1))
    }

    pub(super) fn is_placeholder_before(self, place: usize) -> bool {
        self.0.get(..place).is_some_and(placeholder::is_at_end_of)
    }

    pub(super) fn is_placeholder_after(self, place: usize) -> bool {
        self.0.get(place..).is_some_and(|rest| placeholder::read(rest).is_some())
    }

    /// Tries every place where a number begins, from the left. A run of digits is looked at once.
    pub(super) fn first_at_a_number(
        self,
        from: usize,
        read: impl Fn(Self, usize) -> Option<Span>,
    ) -> Option<Span> {
        let mut from = from;
        loop {
            let digit = self.find(from, |byte| byte.is_ascii_digit())?;
            let is_start = !self.before(digit).is_ascii_digit();
            if let Some(span) = is_start.then(|| read(self, digit)).flatten() {
                return Some(span);
            }
            from = self.skip(digit, |byte| byte.is_ascii_digit());
        }
    }
}

/// ASCII letters, digits and the underscore.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length of the letter that begins a text, when it is beyond ASCII and of Latin, Greek, Cyrillic or
/// Armenian: two bytes. Scripts that write words without spaces are left out, since there a word before an
/// address would be taken for a part of it.
pub(super) fn is_letter_pair(first: u8, second: u8) -> bool {
    (0xC3..=0xD5).contains(&first) && (0x80..=0xBF).contains(&second)
}
