//! Private keys in PEM (RFC 7468) and in the armor of `OpenPGP`, also where line ends are escaped as in JSON.

use super::text::{Span, Text};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const NUMBERED: &[u8] = b"[SECRET_";
const PLAIN: &[u8] = b"[secret]";
const DASHES: &[u8] = b"-----";

/// The longest label, in bytes.
const MAX_LABEL_BYTES: usize = 40;

/// The shortest line of a key that was cut off before its end, in bytes.
const MIN_LINE_BYTES: usize = 20;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    let mut searched = from;
    loop {
        let start = find(text, searched, &[BEGIN])?;
        let body = start + BEGIN.len();
        if let Some(end) = read(text, body) {
            return Some(Span { start, end });
        }
        searched = body;
    }
}

/// Where the key ends whose label begins at a place.
fn read(text: Text<'_>, label: usize) -> Option<usize> {
    let label_end = label_end(text, label)?;
    let name = text.slice(label, label_end);
    if !name.ends_with(b"PRIVATE KEY") && !name.ends_with(b"PRIVATE KEY BLOCK") {
        return None;
    }
    let body = label_end + DASHES.len();
    // Up to the next block at most, so that every byte is searched once; a placeholder may stand for one.
    match find(text, body, &[BEGIN, END, NUMBERED, PLAIN]) {
        Some(end) if text.has(end, END) => {
            let label = end + END.len();
            Some(label_end_of(text, label))
        }
        _ => lines_end(text, body),
    }
}

fn label_end_of(text: Text<'_>, label: usize) -> usize {
    label_end(text, label).map_or(label, |end| end + DASHES.len())
}

/// Where a label ends that five dashes follow.
fn label_end(text: Text<'_>, label: usize) -> Option<usize> {
    let limit = label + MAX_LABEL_BYTES;
    let mut end = label;
    while end < limit
        && (text.at(end).is_ascii_uppercase() || text.at(end).is_ascii_digit() || text.at(end) == b' ')
    {
        end += 1;
    }
    text.has(end, DASHES).then_some(end)
}

/// Where the lines of base64 end that follow the label of a key without an end.
fn lines_end(text: Text<'_>, body: usize) -> Option<usize> {
    let mut found = None;
    let mut place = body;
    loop {
        let line = line_start(text, place);
        let end = text.skip(line, |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        if end - line < MIN_LINE_BYTES {
            return found;
        }
        found = Some(end);
        place = end;
    }
}

/// Skips white space and escaped line ends.
fn line_start(text: Text<'_>, from: usize) -> usize {
    let mut place = from;
    loop {
        if text.at(place).is_ascii_whitespace() {
            place += 1;
        } else if text.has(place, b"\\n") || text.has(place, b"\\r") {
            place += 2;
        } else {
            return place;
        }
    }
}

/// The first place of one of the marks, which all begin with a dash or a bracket.
fn find(text: Text<'_>, from: usize, marks: &[&[u8]]) -> Option<usize> {
    let mut from = from;
    loop {
        let place = text.find(from, |byte| byte == b'-' || byte == b'[')?;
        if marks.iter().any(|mark| text.has(place, mark)) {
            return Some(place);
        }
        from = place + 1;
    }
}
