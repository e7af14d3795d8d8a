//! Splits a text into pieces, as the encoding's pre-tokenizer prescribes.

/// The pre-tokenizer as a table of states; `build/automaton.rs` describes and writes it.
pub(super) struct Automaton {
    pub(super) classes: &'static [u8; 256],
    pub(super) transitions: &'static [[u8; 2]],
    pub(super) stride: usize,
    pub(super) start: u16,
    pub(super) first_match: [u16; 3],
}

const DEAD: u16 = 0;

impl Automaton {
    /// The length of the first piece of a text, in bytes: at least one character of a text that is not empty.
    ///
    /// A piece is matched in one pass over its bytes and at most the whitespace after it, which the next piece
    /// then takes: a text is split in linear time.
    pub(super) fn piece_length(&self, text: &[u8]) -> usize {
        let [plain, but_last, single] = self.first_match;
        let mut state = self.start;
        let mut matched = None;
        // A match shows one byte late, in the state after the byte that follows it.
        for (position, byte) in text.iter().enumerate() {
            state = self.next(state, usize::from(self.class(*byte)));
            if state >= plain {
                matched = Some((position, state));
            } else if state == DEAD {
                break;
            }
        }
        if state != DEAD {
            let at_end = self.next(state, self.stride - 1);
            if at_end >= plain {
                matched = Some((text.len(), at_end));
            }
        }
        match matched {
            Some((end, state)) if state >= but_last && state < single => last_character(text, end),
            Some((end, _)) => end,
            // The patterns cover every character; should they not, the text still gets shorter.
            None => first_character(text),
        }
    }

    fn class(&self, byte: u8) -> u8 {
        self.classes.get(usize::from(byte)).copied().unwrap_or_default()
    }

    fn next(&self, state: u16, column: usize) -> u16 {
        let cell = self.transitions.get(usize::from(state) * self.stride + column);
        cell.map_or(DEAD, |state| u16::from_le_bytes(*state))
    }
}

/// Where the last character before `end` begins.
fn last_character(text: &[u8], end: usize) -> usize {
    let is_first_byte = |position: &usize| text.get(*position).is_some_and(|byte| byte & 0xC0 != 0x80);
    (0..end).rev().find(is_first_byte).unwrap_or(end)
}

/// Where the first character ends.
fn first_character(text: &[u8]) -> usize {
    let is_first_byte = |position: &usize| text.get(*position).is_some_and(|byte| byte & 0xC0 != 0x80);
    (1..text.len()).find(is_first_byte).unwrap_or(text.len())
}
