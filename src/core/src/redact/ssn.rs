//! Social security numbers of the United States: `123-45-6789`, within the ranges that were ever given out.

use super::text::{Span, Text};

/// Digits of area, group and serial number, with the hyphens.
const BYTES: usize = 11;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    text.first_at_a_number(from, read)
}

fn read(text: Text<'_>, start: usize) -> Option<Span> {
    let end = start + BYTES;
    let number = text.0.get(start..end)?;
    let is_shaped = number.iter().enumerate().all(|(place, byte)| match place {
        3 | 6 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let is_alone = !text.is_closed_before(start)
        && !text.is_joined_before(start, b"-./")
        && !text.is_closed_after(end)
        && !text.is_joined_after(end, b"-./");
    (is_shaped && is_alone && is_given_out(number)).then_some(Span { start, end })
}

fn is_given_out(number: &[u8]) -> bool {
    !number.starts_with(b"000")
        && !number.starts_with(b"666")
        && !number.starts_with(b"9")
        && number.get(4..6) != Some(b"00")
        && !number.ends_with(b"0000")
}
