//! E-mail addresses: `local@domain`, where the domain has a dot and a top level of letters.
//!
//! The local part is RFC 5322's without quotes and without the marks that addresses of people do not have.

use super::text::{Span, Text, is_letter_pair};

/// RFC 5321 §4.5.3.1.1, in bytes.
const MAX_LOCAL_BYTES: usize = 64;

/// RFC 1035 §2.3.4, in bytes.
const MAX_DOMAIN_BYTES: usize = 253;

/// RFC 1035 §2.3.4, in bytes.
const MAX_LABEL_BYTES: usize = 63;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    let mut searched = from;
    loop {
        let at = text.find(searched, |byte| byte == b'@')?;
        match read(text, at) {
            Some(span) if span.start >= from => return Some(span),
            _ => searched = at + 1,
        }
    }
}

fn read(text: Text<'_>, at: usize) -> Option<Span> {
    let run = local_start(text, at)?;
    let start = text.skip(run, |byte| b".%+-'".contains(&byte));
    // `git@host` is how everybody logs in to a repository.
    if start >= at || text.slice(start, at) == b"git" || text.is_placeholder_before(run) {
        return None;
    }
    let domain = domain_end(text, at + 1)?;
    if text.is_placeholder_after(domain) {
        return None;
    }
    last_top_level(text, at + 1, domain).map(|end| Span { start, end })
}

/// Where the run of local characters before the `@` begins; nothing when it is too long for an address.
fn local_start(text: Text<'_>, at: usize) -> Option<usize> {
    let mut start = at;
    loop {
        let byte = text.before(start);
        if byte.is_ascii_alphanumeric() || b"._%+-'".contains(&byte) {
            start -= 1;
        } else if start > 1 && is_letter_pair(text.before(start - 1), byte) {
            start -= 2;
        } else {
            return Some(start);
        }
        if at - start > MAX_LOCAL_BYTES {
            return None;
        }
    }
}

/// Where the run of domain characters ends; nothing when it is too long for a domain.
fn domain_end(text: Text<'_>, start: usize) -> Option<usize> {
    let mut end = start;
    loop {
        let byte = text.at(end);
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.' {
            end += 1;
        } else if is_letter_pair(byte, text.at(end + 1)) {
            end += 2;
        } else {
            return Some(end);
        }
        if end - start > MAX_DOMAIN_BYTES {
            return None;
        }
    }
}

/// Where the last label ends that can be a top level. Dots and hyphens of the sentence may follow it.
fn last_top_level(text: Text<'_>, start: usize, end: usize) -> Option<usize> {
    let mut found = None;
    let mut place = start;
    for (index, label) in text.slice(start, end).split(|byte| *byte == b'.').enumerate() {
        let trimmed = label.trim_suffix_hyphens();
        if trimmed.is_empty() || trimmed.starts_with(b"-") || trimmed.len() > MAX_LABEL_BYTES {
            break;
        }
        // `icon@2x.png` is a picture, `lib@1.2.3-rc.beta` a package.
        let is_file = index == 0 && matches!(trimmed, [b'1'..=b'4', b'x']);
        let is_version = index == 1 && is_number(trimmed) && is_number(first_label(text, start, end));
        if is_file || is_version {
            return None;
        }
        if index > 0 && is_top_level(trimmed) {
            found = Some(place + trimmed.len());
        }
        if trimmed.len() != label.len() {
            break;
        }
        place += label.len() + 1;
    }
    found
}

fn first_label(text: Text<'_>, start: usize, end: usize) -> &[u8] {
    text.slice(start, end).split(|byte| *byte == b'.').next().unwrap_or_default()
}

fn is_number(label: &[u8]) -> bool {
    label.iter().all(u8::is_ascii_digit)
}

fn is_top_level(label: &[u8]) -> bool {
    let is_letters = label.len() >= 2 && label.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80);
    is_letters || (label.len() > 4 && label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"xn--")))
}

trait TrimHyphens {
    fn trim_suffix_hyphens(&self) -> &[u8];
}

impl TrimHyphens for [u8] {
    fn trim_suffix_hyphens(&self) -> &[u8] {
        let length = self.iter().rposition(|byte| *byte != b'-').map_or(0, |last| last + 1);
        self.get(..length).unwrap_or_default()
    }
}
