//! `https://user:password@host`, and a token in the place of the user.

use super::text::{Span, Text};

/// How far the `@` may be from the `://`, in bytes.
const MAX_BYTES: usize = 512;

/// A user without a password counts as a token from this length on, in bytes.
const MIN_TOKEN_BYTES: usize = 16;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    let mut from = from;
    loop {
        let colon = text.find(from, |byte| byte == b':')?;
        if let Some(span) = read(text, colon) {
            return Some(span);
        }
        from = colon + 1;
    }
}

fn read(text: Text<'_>, colon: usize) -> Option<Span> {
    if !text.has(colon, b"://") || !text.before(colon).is_ascii_alphanumeric() {
        return None;
    }
    let start = colon + 3;
    let limit = text.0.len().min(start + MAX_BYTES);
    let end = text.skip(start, is_user_info).min(limit);
    // The last one: an `@` in a password is often not escaped.
    let at = (start..end).rev().find(|place| text.at(*place) == b'@' && is_host(text.at(*place + 1)))?;
    let user_info = text.slice(start, at);
    let password = user_info.iter().position(|byte| *byte == b':').map(|colon| user_info.len() - colon - 1);
    let is_secret = password.map_or(user_info.len() >= MIN_TOKEN_BYTES, |length| length > 0);
    is_secret.then_some(Span { start, end: at })
}

/// What people write there, which is more than RFC 3986 §3.2.1 allows. Brackets and braces are left out: they
/// are placeholders of some kind.
fn is_user_info(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"/?#[]<>\"\\`{}|^".contains(&byte)
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'[' || byte >= 0x80
}
