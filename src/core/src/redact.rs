//! Takes personal data and secrets out of a text before somebody else reads it, and puts them back.
//!
//! What is found is ASCII with a shape of its own: addresses, numbers with check digits, tokens with a known
//! beginning. Names, birthdays and passwords in prose are not found. Each finding is replaced by a placeholder,
//! and the rest of the text stays to the byte. Texts need not be UTF-8; UTF-8 stays UTF-8.
//!
//! Every kind has a detector, a scanner without backtracking that gives its first finding behind a place. The
//! findings are merged from left to right, so the time is linear in the length of the text, whatever it holds.

mod card;
mod credentials;
mod email;
mod iban;
mod ip;
mod kind;
mod phone;
mod placeholder;
mod private_key;
mod secret;
mod ssn;
mod text;

use std::collections::{HashMap, HashSet};

use thiserror::Error;

pub use self::kind::{Kind, UnknownKind};
use self::text::{Span, Text};
use crate::code::ErrorCode;
use crate::limits::{MAX_FINDINGS, MAX_TEXT_BYTES};

/// What is looked for, and what is put in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The kinds that are looked for.
    pub kinds: Vec<Kind>,
    /// Whether placeholders are numbered, `[EMAIL_1]`, so that [`restore`] can undo them. Otherwise all findings
    /// of a kind become one, `[email]`.
    pub is_reversible: bool,
}

impl Default for Rules {
    /// Every kind, reversible.
    fn default() -> Self {
        Self { kinds: Kind::ALL.to_vec(), is_reversible: true }
    }
}

/// One place in the original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where it begins in the original, in bytes.
    pub start: usize,
    /// Where it ends in the original, in bytes.
    pub end: usize,
    /// What stands in its place; the same for the same bytes of the same kind.
    pub placeholder: String,
}

/// A text without what was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The text with placeholders.
    pub text: Vec<u8>,
    /// What they stand for, from left to right, without overlaps.
    pub findings: Vec<Finding>,
}

/// Replaces what the rules name by placeholders. Redacting the result again finds nothing.
///
/// A number that the text itself uses in a placeholder is not given again, so [`restore`] gives the text back.
///
/// ```
/// use platen_core::redact::{Rules, redact};
///
/// let redacted = redact(b"Write to jo@example.com!", &Rules::default())?;
/// assert_eq!(redacted.text, b"Write to [EMAIL_1]!");
/// assert_eq!((redacted.findings[0].start, redacted.findings[0].end), (9, 23));
/// # Ok::<(), platen_core::redact::RedactError>(())
/// ```
///
/// # Errors
/// [`RedactError::TooLong`] for more than [`MAX_TEXT_BYTES`], [`RedactError::TooMany`] for more than
/// [`MAX_FINDINGS`] findings: a text is never redacted in part.
pub fn redact(text: &[u8], rules: &Rules) -> Result<Redacted, RedactError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(RedactError::TooLong { actual: text.len(), limit: MAX_TEXT_BYTES });
    }
    let found = find(Text(text), &rules.kinds)?;
    let mut names = Names::new(Text(text), rules.is_reversible);
    let mut findings = Vec::with_capacity(found.len());
    let mut redacted = Vec::with_capacity(text.len());
    let mut copied = 0;
    for (kind, span) in found {
        let placeholder = names.of(kind, Text(text).slice(span.start, span.end));
        redacted.extend_from_slice(Text(text).slice(copied, span.start));
        redacted.extend_from_slice(placeholder.as_bytes());
        copied = span.end;
        findings.push(Finding { kind, start: span.start, end: span.end, placeholder });
    }
    redacted.extend_from_slice(text.get(copied..).unwrap_or_default());
    Ok(Redacted { text: redacted, findings })
}

/// Puts values back where their numbered placeholders stand. Other placeholders stay, and a value that looks
/// like a placeholder is not looked at again.
///
/// ```
/// use platen_core::redact::restore;
///
/// let value_of = |placeholder: &str| (placeholder == "[EMAIL_1]").then_some(&b"jo@example.com"[..]);
/// assert_eq!(restore(b"Sent to [EMAIL_1].", value_of)?, b"Sent to jo@example.com.");
/// # Ok::<(), platen_core::redact::RedactError>(())
/// ```
///
/// # Errors
/// [`RedactError::TooLong`] when the text or the result has more than twice [`MAX_TEXT_BYTES`], which the
/// placeholders of a redacted text leave room for.
pub fn restore<'v>(text: &[u8], value_of: impl Fn(&str) -> Option<&'v [u8]>) -> Result<Vec<u8>, RedactError> {
    check_restored(text.len())?;
    let mut restored = Vec::with_capacity(text.len());
    let mut copied = 0;
    let mut from = 0;
    while let Some(open) = Text(text).find(from, |byte| byte == b'[') {
        let rest = text.get(open..).unwrap_or_default();
        let placeholder = placeholder::read(rest).filter(|placeholder| placeholder.number.is_some());
        let end = open + placeholder.map_or(1, |placeholder| placeholder.length);
        let name = std::str::from_utf8(Text(text).slice(open, end)).unwrap_or_default();
        if let Some(value) = placeholder.and_then(|_| value_of(name)) {
            restored.extend_from_slice(Text(text).slice(copied, open));
            restored.extend_from_slice(value);
            check_restored(restored.len())?;
            copied = end;
        }
        from = end;
    }
    restored.extend_from_slice(text.get(copied..).unwrap_or_default());
    check_restored(restored.len())?;
    Ok(restored)
}

/// Whether a text is a placeholder as [`redact`] numbers them.
pub fn is_placeholder(text: &[u8]) -> bool {
    placeholder::read(text)
        .is_some_and(|placeholder| placeholder.number.is_some() && placeholder.length == text.len())
}

fn check_restored(bytes: usize) -> Result<(), RedactError> {
    let limit = 2 * MAX_TEXT_BYTES;
    if bytes > limit { Err(RedactError::TooLong { actual: bytes, limit }) } else { Ok(()) }
}

type Detector = fn(Text<'_>, usize) -> Option<Span>;

/// In the order of [`Kind::ALL`], which decides where two begin at the same place.
const DETECTORS: [(Kind, Detector); 10] = [
    (Kind::Credentials, credentials::next),
    (Kind::Secret, private_key::next),
    (Kind::Secret, secret::next),
    (Kind::Email, email::next),
    (Kind::Iban, iban::next),
    (Kind::Card, card::next),
    (Kind::Ssn, ssn::next),
    (Kind::Ip, ip::next_v4),
    (Kind::Ip, ip::next_v6),
    (Kind::Phone, phone::next),
];

/// The findings from left to right: always the one that begins first, and nothing that overlaps it.
fn find(text: Text<'_>, kinds: &[Kind]) -> Result<Vec<(Kind, Span)>, RedactError> {
    // A detector searches on only when what it had found is used up or overlapped: each byte is searched once.
    let mut ahead: Vec<(Kind, Detector, Option<Span>)> = DETECTORS
        .into_iter()
        .filter(|(kind, _)| kinds.contains(kind))
        .map(|(kind, next)| (kind, next, next(text, 0)))
        .collect();
    let mut found = Vec::new();
    loop {
        let first = ahead.iter().filter_map(|(kind, _, span)| span.map(|span| (*kind, span)));
        let Some((kind, span)) = first.min_by_key(|(_, span)| span.start) else { return Ok(found) };
        if found.len() == MAX_FINDINGS {
            return Err(RedactError::TooMany { limit: MAX_FINDINGS });
        }
        found.push((kind, span));
        for (_, next, candidate) in &mut ahead {
            if candidate.is_some_and(|candidate| candidate.start < span.end) {
                *candidate = next(text, span.end);
            }
        }
    }
}

/// The placeholders of one text.
struct Names<'a> {
    is_reversible: bool,
    given: HashMap<(Kind, &'a [u8]), u32>,
    last: HashMap<Kind, u32>,
    /// Numbers that the original uses.
    taken: HashSet<(Kind, u32)>,
}

impl<'a> Names<'a> {
    fn new(text: Text<'a>, is_reversible: bool) -> Self {
        let mut taken = HashSet::new();
        let mut from = 0;
        while let Some(open) = text.find(from, |byte| byte == b'[').filter(|_| is_reversible) {
            let rest = text.0.get(open..).unwrap_or_default();
            taken.extend(placeholder::read(rest).and_then(|found| Some((found.kind, found.number?))));
            from = open + 1;
        }
        Self { is_reversible, given: HashMap::new(), last: HashMap::new(), taken }
    }

    fn of(&mut self, kind: Kind, value: &'a [u8]) -> String {
        if !self.is_reversible {
            return placeholder::plain(kind);
        }
        let Self { given, last, taken, .. } = self;
        let number = given.entry((kind, value)).or_insert_with(|| {
            let last = last.entry(kind).or_default();
            *last += 1;
            while taken.contains(&(kind, *last)) {
                *last += 1;
            }
            *last
        });
        placeholder::numbered(kind, *number)
    }
}

/// Why a text was not redacted or restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RedactError {
    /// The text, or what it would become, is over the limit.
    #[error("the text has {actual} bytes, the limit is {limit}")]
    TooLong {
        /// How many bytes there are.
        actual: usize,
        /// The most allowed.
        limit: usize,
    },
    /// There is more to redact than one result can hold.
    #[error("the text holds more than {limit} findings")]
    TooMany {
        /// The most allowed.
        limit: usize,
    },
}

impl RedactError {
    /// The stable code: always [`ErrorCode::PayloadTooLarge`].
    pub fn code(&self) -> ErrorCode {
        ErrorCode::PayloadTooLarge
    }
}

#[cfg(test)]
mod tests;
