//! Addresses of the Internet Protocol. Loopback and unspecified addresses and net masks name nobody and stay.

use super::text::{Span, Text};

/// The longest spelling of a version 6 address, in bytes: `ffff:…:255.255.255.255`.
const MAX_V6_BYTES: usize = 45;

/// Words before a number that tell that it is no address.
const VERSION_WORDS: [&[u8]; 12] = [
    b"version",
    b"versions",
    b"ver",
    b"release",
    b"build",
    b"firmware",
    b"driver",
    b"section",
    b"sec",
    b"chapter",
    b"clause",
    b"oid",
];

pub(super) fn next_v4(text: Text<'_>, from: usize) -> Option<Span> {
    text.first_at_a_number(from, read_v4)
}

pub(super) fn next_v6(text: Text<'_>, from: usize) -> Option<Span> {
    let mut searched = from;
    loop {
        let colon = text.find(searched, |byte| byte == b':')?;
        let end = text.skip(colon, is_v6_part);
        // Behind a word, as in `peer:fe80::1`, the first colon is the word's. Behind a placeholder it may have been in
        // the middle of what was searched before, and found to begin nothing.
        let behind_word = (!text.is_placeholder_before(colon)).then_some(colon + 1);
        let starts = [Some(v6_start(text, colon)), behind_word].into_iter().flatten();
        let found = starts.filter(|start| *start >= from).find_map(|start| read_v6(text, start, end));
        if found.is_some() {
            return found;
        }
        searched = end;
    }
}

fn read_v4(text: Text<'_>, start: usize) -> Option<Span> {
    let end = v4_end(text, start)?;
    // `Chrome/120.0.0.0`
    let is_product = text.before(start) == b'/'
        && (text.before(start - 1).is_ascii_alphabetic() || text.is_placeholder_before(start - 1));
    let is_alone = !text.is_closed_before(start)
        && text.before(start) != b'.'
        && !is_product
        && !text.is_closed_after(end)
        && !goes_on(text, end);
    let is_named = is_alone && !is_anybody(text.slice(start, end)) && !is_version(text, start);
    is_named.then_some(Span { start, end })
}

/// Where four octets in decimal end.
fn v4_end(text: Text<'_>, start: usize) -> Option<usize> {
    let mut place = start;
    for octet in 0..4 {
        if octet > 0 {
            if text.at(place) != b'.' {
                return None;
            }
            place += 1;
        }
        let end = text.skip(place, |byte| byte.is_ascii_digit());
        let number = text.slice(place, end);
        let is_octet = matches!(
            number,
            [_] | [b'1'..=b'9', _] | [b'1', _, _] | [b'2', b'0'..=b'4', _] | [b'2', b'5', b'0'..=b'5']
        );
        if !is_octet {
            return None;
        }
        place = end;
    }
    Some(place)
}

/// Whether what follows makes the number part of something else: `1.2.3.4.5`, `1.2.3.4-beta`, `1.2.3.4+build`.
/// A range of addresses is none of these.
fn goes_on(text: Text<'_>, end: usize) -> bool {
    if !b".-+".contains(&text.at(end)) || !text.is_closed_after(end + 1) {
        return false;
    }
    let digits = text.skip(end + 1, |byte| byte.is_ascii_digit());
    let is_range = text.at(end) == b'-'
        && (1..=3).contains(&(digits - end - 1))
        && text.at(digits) == b'.'
        && text.at(digits + 1).is_ascii_digit();
    !is_range
}

fn is_anybody(address: &[u8]) -> bool {
    address.starts_with(b"127.") || address.starts_with(b"255.") || address == b"0.0.0.0"
}

/// Whether the word before, which begins after a space or a bracket, says that a version follows.
fn is_version(text: Text<'_>, start: usize) -> bool {
    let mut end = start;
    for _ in 0..3 {
        if b" .:=#".contains(&text.before(end)) {
            end -= 1;
        }
    }
    let mut word = end;
    while end - word < 9 && text.before(word).is_ascii_alphabetic() {
        word -= 1;
    }
    let is_word_start = word == 0 || b" \t\r\n(\"".contains(&text.before(word));
    is_word_start && VERSION_WORDS.iter().any(|known| text.slice(word, end).eq_ignore_ascii_case(known))
}

fn is_v6_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':' || byte == b'.'
}

/// Where the group before the first colon begins.
fn v6_start(text: Text<'_>, colon: usize) -> usize {
    let mut start = colon;
    while colon - start < 5 && text.before(start).is_ascii_hexdigit() {
        start -= 1;
    }
    start
}

fn read_v6(text: Text<'_>, start: usize, run_end: usize) -> Option<Span> {
    if start >= run_end {
        return None;
    }
    let mut end = run_end.min(start + MAX_V6_BYTES + 2);
    while end > start && text.before(end) == b'.' {
        end -= 1;
    }
    // A colon may be the sentence's when a space follows.
    let is_colon_of_sentence =
        end == run_end && text.slice(start, end).ends_with(b":") && !text.slice(start, end).ends_with(b"::");
    if is_colon_of_sentence && matches!(text.at(end), 0 | b' ' | b'\t' | b'\r' | b'\n') {
        end -= 1;
    }
    let is_alone = !text.is_closed_before(start)
        && text.before(start) != b'.'
        && !text.is_closed_after(run_end)
        && end - start <= MAX_V6_BYTES;
    (is_alone && is_v6(text.slice(start, end))).then_some(Span { start, end })
}

/// RFC 4291 §2.2, less what names nobody and what is more likely a name of a program.
fn is_v6(address: &[u8]) -> bool {
    let (head, tail) = match address.windows(2).position(|pair| pair == b"::") {
        Some(gap) => {
            (address.get(..gap).unwrap_or_default(), Some(address.get(gap + 2..).unwrap_or_default()))
        }
        None => (address, None),
    };
    let Some(head_groups) = groups(head, tail.is_none()) else { return false };
    let Some(tail_groups) = groups(tail.unwrap_or_default(), true) else { return false };
    let total = head_groups + tail_groups;
    let is_complete = if tail.is_some() { total <= 7 } else { total == 8 };
    // `Face::add` is code; `fe80::1` and `2001:db8::1` are addresses.
    let first = head.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_likely = total >= 3 || (first.len() == 4 && first.iter().any(u8::is_ascii_digit));
    is_complete && is_likely && address.iter().any(u8::is_ascii_digit)
}

/// How many groups of 16 bits a part has; a version 4 address, which only ends an address, counts for two.
fn groups(part: &[u8], may_end_in_v4: bool) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    let mut total = 0;
    let mut pieces = part.split(|byte| *byte == b':').peekable();
    while let Some(piece) = pieces.next() {
        let is_hexadecimal = (1..=4).contains(&piece.len()) && piece.iter().all(u8::is_ascii_hexdigit);
        if is_hexadecimal {
            total += 1;
        } else if may_end_in_v4 && pieces.peek().is_none() && v4_end(Text(piece), 0) == Some(piece.len()) {
            total += 2;
        } else {
            return None;
        }
    }
    Some(total)
}
