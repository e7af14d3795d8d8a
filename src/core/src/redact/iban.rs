//! International bank account numbers (ISO 13616): the length of the country, and the remainder of 97.

use super::text::{Span, Text};

/// Country and length in characters, after the registry of SWIFT, release 99.
const COUNTRIES: [(&[u8; 2], usize); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// Printed form has a separator behind every group of this many characters.
const GROUP: usize = 4;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    // The check digits are the first digits of the number, behind the two letters of the country.
    text.first_at_a_number(from, |text, digit| {
        let start = digit.checked_sub(2).filter(|start| *start >= from)?;
        read(text, start)
    })
}

fn read(text: Text<'_>, start: usize) -> Option<Span> {
    let country = [text.at(start).to_ascii_uppercase(), text.at(start + 1).to_ascii_uppercase()];
    let (_, length) = COUNTRIES.iter().find(|(code, _)| **code == country)?;
    if text.is_closed_before(start) {
        return None;
    }
    let (characters, end) = characters(text, start, *length)?;
    let has_check_digits = characters.iter().skip(2).take(2).all(u8::is_ascii_digit);
    let is_valid = has_check_digits && !text.is_closed_after(end) && remainder(&characters) == 1;
    is_valid.then_some(Span { start, end })
}

/// The characters without separators, and where the last one ends.
fn characters(text: Text<'_>, start: usize, length: usize) -> Option<(Vec<u8>, usize)> {
    let separator = text.at(start + GROUP);
    let is_grouped = separator == b' ' || separator == b'-';
    let mut found = Vec::with_capacity(length);
    let mut place = start;
    while found.len() < length {
        if is_grouped && !found.is_empty() && found.len().is_multiple_of(GROUP) {
            if text.at(place) != separator {
                return None;
            }
            place += 1;
        }
        let byte = text.at(place);
        if !byte.is_ascii_alphanumeric() {
            return None;
        }
        found.push(byte.to_ascii_uppercase());
        place += 1;
    }
    Some((found, place))
}

/// ISO 7064 MOD 97-10: the first four characters go last, letters count from 10.
fn remainder(characters: &[u8]) -> u32 {
    characters.iter().cycle().skip(4).take(characters.len()).fold(0, |sum, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or_default();
        let shift = if value < 10 { 10 } else { 100 };
        (sum * shift + value) % 97
    })
}
