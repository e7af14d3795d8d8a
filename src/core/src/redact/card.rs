//! Numbers of payment cards: 13 to 19 digits of a known issuer that pass the Luhn check.

use std::ops::RangeInclusive;

use super::text::{Span, Text};

/// The first digits, as a range of the length of its ends, and how many digits there are.
const ISSUERS: [(RangeInclusive<u32>, RangeInclusive<usize>); 19] = [
    (2200..=2204, 16..=19), // Mir
    (2221..=2720, 16..=16), // Mastercard
    (300..=305, 14..=19),   // Diners Club
    (34..=34, 15..=15),     // American Express
    (3528..=3589, 16..=19), // JCB
    (36..=36, 14..=19),     // Diners Club
    (37..=37, 15..=15),     // American Express
    (38..=39, 14..=19),     // Diners Club
    (4..=4, 13..=19),       // Visa
    (5018..=5018, 13..=19), // Maestro
    (5020..=5020, 13..=19), // Maestro
    (5038..=5038, 13..=19), // Maestro
    (51..=55, 16..=16),     // Mastercard
    (5893..=5893, 13..=19), // Maestro
    (6011..=6011, 16..=19), // Discover
    (62..=62, 16..=19),     // UnionPay
    (6304..=6304, 13..=19), // Maestro
    (644..=659, 16..=19),   // Discover, RuPay
    (6759..=6763, 13..=19), // Maestro
];

/// The fewest and the most digits of a number.
const DIGITS: RangeInclusive<usize> = 13..=19;

/// The fewest digits of a printed group.
const MIN_GROUP: usize = 3;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    text.first_at_a_number(from, read)
}

fn read(text: Text<'_>, start: usize) -> Option<Span> {
    if !matches!(text.at(start), b'2'..=b'6')
        || text.is_closed_before(start)
        || text.is_joined_before(start, b"-.")
    {
        return None;
    }
    let mut digits = [0; *DIGITS.end()];
    let mut count = 0;
    let mut place = start;
    let mut separator = None;
    let mut found = None;
    loop {
        let end = text.skip(place, |byte| byte.is_ascii_digit()).min(place + *DIGITS.end() + 1);
        if end - place < MIN_GROUP || count + (end - place) > *DIGITS.end() {
            return found;
        }
        let group = text.slice(place, end).iter().map(|byte| u32::from(byte - b'0'));
        for (slot, digit) in digits.iter_mut().skip(count).zip(group) {
            *slot = digit;
        }
        count += end - place;
        let is_alone = !text.is_closed_after(end) && !text.is_joined_after(end, b"-.");
        if is_alone && digits.get(..count).is_some_and(is_card) {
            found = Some(Span { start, end });
        }
        let next = text.at(end);
        if !matches!(next, b' ' | b'-') || separator.is_some_and(|separator| separator != next) {
            return found;
        }
        separator = Some(next);
        place = end + 1;
    }
}

fn is_card(digits: &[u32]) -> bool {
    let is_issued = |(prefix, lengths): &(RangeInclusive<u32>, RangeInclusive<usize>)| {
        let width = prefix.end().ilog10() + 1;
        let head = digits.iter().zip(0..width).fold(0, |number, (digit, _)| number * 10 + digit);
        lengths.contains(&digits.len()) && prefix.contains(&head)
    };
    DIGITS.contains(&digits.len()) && ISSUERS.iter().any(is_issued) && luhn(digits) == 0
}

/// ISO/IEC 7812-1, annex B: every second digit from the right counts twice; 0 when the check digit is right.
fn luhn(digits: &[u32]) -> u32 {
    let value = |(place, digit): (usize, &u32)| match (place % 2, *digit) {
        (0, digit) => digit,
        (_, digit) if digit > 4 => 2 * digit - 9,
        (_, digit) => 2 * digit,
    };
    digits.iter().rev().enumerate().map(value).sum::<u32>() % 10
}
