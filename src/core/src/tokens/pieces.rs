//! Splits a text into pieces, as the encodings' pre-tokenizers prescribe.
//!
//! tiktoken gives the rules as regular expressions, which backtrack; here each is written out as what it matches,
//! in one pass over the piece and at most the whitespace after it, which the next piece then takes. So a text is
//! split in linear time.

use super::ascii::{self, Ascii};
use super::kinds::{BLOCK, END, LETTER, LOWER, NEWLINE, NUMBER, SPACE, UPPER};
use super::tables::KINDS;

/// The kinds of all characters in two stages; `kinds.rs` has the bits.
pub(super) struct Kinds {
    pub(super) blocks: &'static [[u8; 2]],
    pub(super) classes: &'static [u8],
}

/// How an encoding splits a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
    /// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
    /// `\p{N}{1,3}`, ` ?[^\s\p{L}\p{N}]+[\r\n/]*`, `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`
    O200k,
    /// `'(?i:[sdmt]|ll|ve|re)`, `[^\r\n\p{L}\p{N}]?+\p{L}++`, `\p{N}{1,3}+`, ` ?[^\s\p{L}\p{N}]++[\r\n]*+`, `\s++$`,
    /// `\s*[\r\n]`, `\s+(?!\S)`, `\s`
    Cl100k,
    /// `'(?:[sdmt]|ll|ve|re)`, ` ?\p{L}++`, ` ?\p{N}++`, ` ?[^\s\p{L}\p{N}]++`, `\s++$`, `\s+(?!\S)`, `\s`
    Gpt2,
}

/// Reads a text from left to right.
pub(super) struct Pieces<'t> {
    text: &'t [u8],
    /// Whether the end of the text has been looked at: then more text might change the piece.
    has_met_end: bool,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), has_met_end: false }
    }

    /// Where the piece ends that begins at `start`: at least one character on, unless the text is over.
    #[inline]
    pub(super) fn end(&mut self, rules: Rules, start: usize) -> usize {
        match rules {
            Rules::O200k => self.end_by_o200k(start),
            Rules::Cl100k => self.end_by_cl100k(start),
            Rules::Gpt2 => self.end_by_gpt2(start),
        }
    }

    /// As [`end`](Self::end), but `None` when more text at the end might change the piece.
    pub(super) fn settled_end(&mut self, rules: Rules, start: usize) -> Option<usize> {
        self.has_met_end = false;
        let end = self.end(rules, start);
        (!self.has_met_end).then_some(end)
    }

    #[inline]
    fn end_by_o200k(&mut self, start: usize) -> usize {
        Ascii(self.text).end_by_o200k(start).unwrap_or_else(|| self.any_end_by_o200k(start))
    }

    fn any_end_by_o200k(&mut self, start: usize) -> usize {
        let (first, width) = self.kind(start);
        if first & LETTER != 0 {
            let (Word::Mixed(end) | Word::Upper(end) | Word::None(end)) = self.word(start);
            return end + self.contraction_folded(end);
        }
        if first & (NUMBER | NEWLINE | END) == 0 {
            // The first character may stand before a word. A mark may also be one.
            let word = match self.word(start + width) {
                Word::Upper(_) | Word::None(_) if first & UPPER != 0 => self.word(start),
                word => word,
            };
            if let Word::Mixed(end) | Word::Upper(end) = word {
                return end + self.contraction_folded(end);
            }
        }
        if first & NUMBER != 0 {
            return self.up_to_three_numbers(start);
        }
        match self.others(start) {
            Some(end) => self.skip_bytes(end, b"\r\n/"),
            None => self.whitespace(start, Newlines::First),
        }
    }

    #[inline]
    fn end_by_cl100k(&mut self, start: usize) -> usize {
        if let Some((end, next)) = Ascii(self.text).plain_word(start)
            && !next.is_ascii_alphabetic()
        {
            return end;
        }
        let contraction = self.contraction_folded(start);
        if contraction > 0 {
            return start + contraction;
        }
        let (first, width) = self.kind(start);
        if first & NUMBER != 0 {
            return self.up_to_three_numbers(start);
        }
        if first & (NEWLINE | END) == 0 {
            let letters = self.skip(start + width, LETTER);
            if first & LETTER != 0 || letters > start + width {
                return letters;
            }
        }
        match self.others(start) {
            Some(end) => self.skip_bytes(end, b"\r\n"),
            None => self.whitespace(start, Newlines::UnlessAtEnd),
        }
    }

    #[inline]
    fn end_by_gpt2(&mut self, start: usize) -> usize {
        if self.text.get(start).is_some_and(|first| *first == b' ' || first.is_ascii_alphabetic())
            && let Some((end, next)) = Ascii(self.text).plain_word(start)
            && !next.is_ascii_alphabetic()
        {
            return end;
        }
        let contraction = self.contraction(start, false);
        if contraction > 0 {
            return start + contraction;
        }
        let word = start + usize::from(self.text.get(start) == Some(&b' '));
        let (first, width) = self.kind(word);
        if first & LETTER != 0 {
            return self.skip(word + width, LETTER);
        }
        if first & NUMBER != 0 {
            return self.skip(word + width, NUMBER);
        }
        self.others(start).unwrap_or_else(|| self.whitespace(start, Newlines::Ordinary))
    }

    /// The end of `[upper]*[lower]+`, else of `[upper]+`.
    #[inline]
    fn word(&mut self, start: usize) -> Word {
        let mut end = start;
        // Where the last character ended that is upper as well as lower.
        let mut both_end = None;
        loop {
            let (kind, width) = self.kind(end);
            if kind & (UPPER | LOWER) == LOWER {
                return Word::Mixed(self.skip(end + width, LOWER));
            }
            if kind & UPPER == 0 {
                break;
            }
            end += width;
            if kind & LOWER != 0 {
                both_end = Some(end);
            }
        }
        match both_end {
            Some(end) => Word::Mixed(end),
            None if end > start => Word::Upper(end),
            None => Word::None(end),
        }
    }

    fn up_to_three_numbers(&mut self, start: usize) -> usize {
        let mut end = start;
        for _ in 0..3 {
            let (kind, width) = self.kind(end);
            if kind & NUMBER == 0 {
                break;
            }
            end += width;
        }
        end
    }

    /// The end of ` ?[^\s\p{L}\p{N}]+`.
    #[inline]
    fn others(&mut self, start: usize) -> Option<usize> {
        let first = start + usize::from(self.text.get(start) == Some(&b' '));
        let mut end = first;
        loop {
            let (kind, width) = self.kind(end);
            if kind & (LETTER | NUMBER | SPACE | END) != 0 {
                return (end > first).then_some(end);
            }
            end += width;
        }
    }

    /// The end of a piece of whitespace: up to its last newline, or all but its last character when more text
    /// follows, which then begins with that character.
    fn whitespace(&mut self, start: usize, newlines: Newlines) -> usize {
        let mut end = start;
        let mut last = start;
        let mut newline_end = None;
        let next = loop {
            let (kind, width) = self.kind(end);
            if kind & SPACE == 0 {
                break kind;
            }
            last = end;
            end += width;
            if kind & NEWLINE != 0 {
                newline_end = Some(end);
            }
        };
        let is_at_end = next == END;
        match (newlines, newline_end) {
            (Newlines::First, Some(newline_end)) => newline_end,
            (Newlines::UnlessAtEnd, Some(newline_end)) if !is_at_end => newline_end,
            _ if is_at_end || last == start => end,
            _ => last,
        }
    }

    /// The end of the characters from `start` that have any of the bits.
    #[inline]
    fn skip(&mut self, start: usize, bits: u8) -> usize {
        let mut end = start;
        loop {
            let (kind, width) = self.kind(end);
            if kind & bits == 0 {
                return end;
            }
            end += width;
        }
    }

    fn skip_bytes(&mut self, start: usize, bytes: &[u8]) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| bytes.contains(byte)).count();
        self.has_met_end |= length == rest.len();
        start + length
    }

    #[inline]
    fn contraction_folded(&mut self, start: usize) -> usize {
        if self.text.get(start) == Some(&b'\'') { self.contraction(start, true) } else { 0 }
    }

    /// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`; zero when none of them is here.
    fn contraction(&mut self, start: usize, ignores_case: bool) -> usize {
        let Some([b'\'', letters @ ..]) = self.text.get(start..) else { return 0 };
        let fold = |place: usize| {
            letters.get(place).map(|byte| if ignores_case { byte.to_ascii_lowercase() } else { *byte })
        };
        // Three bytes decide; a text that ends before may go on with them.
        self.has_met_end |= letters.len() < 2;
        match (fold(0), fold(1)) {
            (Some(b's' | b't' | b'm' | b'd'), _) => 2,
            (Some(b'r' | b'v'), Some(b'e')) | (Some(b'l'), Some(b'l')) => 3,
            // The long s, whose capital is S.
            (Some(0xC5), Some(0xBF)) if ignores_case => 3,
            _ => 0,
        }
    }

    /// What the character at a place is, and how many bytes it has.
    #[inline]
    fn kind(&mut self, place: usize) -> (u8, usize) {
        match self.text.get(place) {
            Some(byte) if *byte < 0x80 => (ascii::kind(*byte), 1),
            Some(byte) => self.wide_kind(place, *byte),
            None => {
                self.has_met_end = true;
                (END, 0)
            }
        }
    }

    /// As [`kind`](Self::kind), for a character of two to four bytes.
    #[inline]
    fn wide_kind(&self, place: usize, first: u8) -> (u8, usize) {
        let bits = |offset: usize| usize::from(self.text.get(place + offset).map_or(0, |byte| byte & 0x3F));
        let first = usize::from(first);
        // All but the last six bits of the code point tell the block.
        let (block, last, width) = match first {
            0..0xE0 => (first & 0x1F, bits(1), 2),
            0xE0..0xF0 => (((first & 0x0F) << 6) | bits(1), bits(2), 3),
            _ => (((first & 0x07) << 12) | (bits(1) << 6) | bits(2), bits(3), 4),
        };
        let block = KINDS.blocks.get(block).map_or(0, |block| usize::from(u16::from_le_bytes(*block)));
        (KINDS.classes.get(block * BLOCK + last).copied().unwrap_or(0), width)
    }
}

/// What [`Pieces::word`] found, with its end.
enum Word {
    /// Ends with a lower character.
    Mixed(usize),
    /// Upper characters only.
    Upper(usize),
    None(usize),
}

/// When a piece of whitespace ends after its last newline.
#[derive(Clone, Copy)]
enum Newlines {
    /// Whenever there is one.
    First,
    /// When more text follows.
    UnlessAtEnd,
    /// Never: newlines are whitespace like other.
    Ordinary,
}
