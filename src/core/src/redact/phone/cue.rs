//! Words that tell that a telephone number follows.

use super::super::text::{Text, is_word};

const WORDS: [&[u8]; 17] = [
    b"tel",
    b"telefon",
    b"telephone",
    b"telefono",
    b"phone",
    b"mobile",
    b"mobil",
    b"cell",
    b"cellphone",
    b"fax",
    b"handy",
    b"whatsapp",
    b"call",
    b"sms",
    b"dial",
    b"festnetz",
    b"ruf",
];

/// Words that may stand between: `phone number: …`.
const LINKS: [&[u8]; 5] = [b"no", b"nr", b"number", b"is", b"at"];

/// The longest of the words, in bytes.
const MAX_WORD_BYTES: usize = 9;

/// The most marks and blanks behind a word: `"phone": "`.
const MAX_MARKS: usize = 4;

pub(super) fn is_before(text: Text<'_>, place: usize) -> bool {
    let Some((start, end)) = word_before(text, place) else { return false };
    if has(text, &WORDS, start, end) {
        return true;
    }
    let link = has(text, &LINKS, start, end).then(|| word_before(text, start)).flatten();
    link.is_some_and(|(start, end)| has(text, &WORDS, start, end))
}

fn has(text: Text<'_>, words: &[&[u8]], start: usize, end: usize) -> bool {
    words.iter().any(|word| text.slice(start, end).eq_ignore_ascii_case(word))
}

/// The word before a place, over blanks and marks.
fn word_before(text: Text<'_>, place: usize) -> Option<(usize, usize)> {
    let mut end = place;
    while place - end < MAX_MARKS && b" .:=\"'_-".contains(&text.before(end)) {
        end -= 1;
    }
    let mut start = end;
    while end - start <= MAX_WORD_BYTES && text.before(start).is_ascii_alphabetic() {
        start -= 1;
    }
    let is_whole = start < end && (!is_word(text.before(start)) || text.before(start) == b'_');
    is_whole.then_some((start, end))
}
