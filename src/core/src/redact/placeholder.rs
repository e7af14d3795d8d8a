//! `[EMAIL_1]` and `[email]`: what stands in the text for what was found.

use super::kind::Kind;

/// The longest placeholder, in bytes: `[CREDENTIALS_999999999]`.
const MAX_BYTES: usize = 23;

/// The most digits of a placeholder's number.
const MAX_DIGITS: usize = 9;

/// A placeholder as it was read from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub(super) kind: Kind,
    /// `None` when it is irreversible.
    pub(super) number: Option<u32>,
    /// Its length in the text, in bytes.
    pub(super) length: usize,
}

/// Writes the reversible placeholder.
pub(super) fn numbered(kind: Kind, number: u32) -> String {
    format!("[{}_{number}]", kind.label())
}

/// Writes the irreversible placeholder.
pub(super) fn plain(kind: Kind) -> String {
    format!("[{}]", kind.name())
}

/// Reads the placeholder that a text begins with.
pub(super) fn read(text: &[u8]) -> Option<Placeholder> {
    let inner = text.strip_prefix(b"[")?;
    let close = inner.iter().take(MAX_BYTES - 1).position(|byte| *byte == b']')?;
    let inner = std::str::from_utf8(inner.get(..close)?).ok()?;
    let length = close + 2;
    if let Ok(kind) = inner.parse() {
        return Some(Placeholder { kind, number: None, length });
    }
    let (label, digits) = inner.rsplit_once('_')?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.label() == label)?;
    let is_number = (1..=MAX_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    let number = if is_number { digits.parse().ok()? } else { return None };
    Some(Placeholder { kind, number: Some(number), length })
}

/// Whether a placeholder ends where the text ends.
pub(super) fn is_at_end_of(text: &[u8]) -> bool {
    if !text.ends_with(b"]") {
        return false;
    }
    let window = text.get(text.len().saturating_sub(MAX_BYTES)..).unwrap_or_default();
    let open = window.iter().rposition(|byte| *byte == b'[');
    let last = open.and_then(|open| window.get(open..));
    last.is_some_and(|last| read(last).is_some_and(|placeholder| placeholder.length == last.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for kind in Kind::ALL {
            for number in [1, 9, 10, 999_999_999] {
                let text = numbered(kind, number);
                let length = text.len();
                assert_eq!(read(text.as_bytes()), Some(Placeholder { kind, number: Some(number), length }));
                assert!(is_at_end_of(format!("x{text}").as_bytes()));
            }
            let text = plain(kind);
            assert_eq!(read(text.as_bytes()), Some(Placeholder { kind, number: None, length: text.len() }));
        }
    }

    #[test]
    fn what_only_looks_like_one_is_not_read() {
        for text in
            ["", "[", "[EMAIL]", "[EMAIL_]", "[EMAIL_0]", "[EMAIL_01]", "[email_1]", "[NAME_1]", "EMAIL_1]"]
        {
            assert_eq!(read(text.as_bytes()), None, "{text}");
            assert!(!is_at_end_of(text.as_bytes()), "{text}");
        }
    }
}
