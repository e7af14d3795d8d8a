//! Keys and tokens that tell by their beginning what they are.

use super::text::{Span, Text};

/// The characters that a token's body is made of.
#[derive(Clone, Copy)]
enum Body {
    /// Letters and digits.
    Alphanumeric,
    /// Upper-case letters and digits.
    Upper,
    /// base64url and names: letters, digits, `_` and `-`.
    Url,
    /// Both kinds of base64.
    Base64,
}

impl Body {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Url => is_token(byte),
            Self::Base64 => is_token(byte) || b"+/=".contains(&byte),
        }
    }
}

/// One issuer's way to write tokens.
struct Form {
    prefix: &'static [u8],
    body: Body,
    /// The fewest characters behind the prefix.
    min: usize,
    /// The most.
    max: usize,
}

const fn form(prefix: &'static [u8], body: Body, min: usize) -> Form {
    Form { prefix, body, min, max: usize::MAX }
}

const fn exact(prefix: &'static [u8], body: Body, length: usize) -> Form {
    Form { prefix, body, min: length, max: length }
}

const AWS: [Form; 4] = [
    exact(b"AKIA", Body::Upper, 16),
    exact(b"ASIA", Body::Upper, 16),
    exact(b"ABIA", Body::Upper, 16),
    exact(b"ACCA", Body::Upper, 16),
];
const GOOGLE: [Form; 1] = [form(b"AIza", Body::Url, 35)];
const G: [Form; 8] = [
    form(b"ghp_", Body::Alphanumeric, 30),
    form(b"gho_", Body::Alphanumeric, 30),
    form(b"ghu_", Body::Alphanumeric, 30),
    form(b"ghs_", Body::Alphanumeric, 30),
    form(b"ghr_", Body::Alphanumeric, 30),
    form(b"github_pat_", Body::Url, 22),
    form(b"glpat-", Body::Url, 20),
    form(b"gsk_", Body::Alphanumeric, 20),
];
const H: [Form; 1] = [form(b"hf_", Body::Alphanumeric, 30)];
const N: [Form; 1] = [form(b"npm_", Body::Alphanumeric, 36)];
const P: [Form; 3] =
    [form(b"psk_", Body::Url, 32), form(b"pypi-", Body::Url, 50), form(b"pplx-", Body::Alphanumeric, 32)];
const R: [Form; 2] = [form(b"rk_live_", Body::Alphanumeric, 16), form(b"rk_test_", Body::Alphanumeric, 16)];
const S: [Form; 3] = [
    form(b"sk-", Body::Url, 20),
    form(b"sk_live_", Body::Alphanumeric, 16),
    form(b"sk_test_", Body::Alphanumeric, 16),
];
/// Its body has characters that may stand before another token, so only an end keeps the search linear. The
/// longest key of Standard Webhooks has 88.
const W: [Form; 1] = [Form { prefix: b"whsec_", body: Body::Base64, min: 24, max: 128 }];
const X: [Form; 9] = [
    form(b"xoxa-", Body::Url, 10),
    form(b"xoxb-", Body::Url, 10),
    form(b"xoxe-", Body::Url, 10),
    form(b"xoxo-", Body::Url, 10),
    form(b"xoxp-", Body::Url, 10),
    form(b"xoxr-", Body::Url, 10),
    form(b"xoxs-", Body::Url, 10),
    form(b"xapp-", Body::Url, 10),
    form(b"xai-", Body::Alphanumeric, 32),
];

/// The shortest header of a JSON Web Token, which is `{"alg":…}` in base64url, in characters behind `eyJ`.
const MIN_JWT_HEADER: usize = 10;

/// An encrypted token (RFC 7516) has five parts, a signed one three.
const MAX_JWT_PARTS: usize = 5;

/// The shortest token that is believed behind `Bearer`, in bytes.
const MIN_BEARER_BYTES: usize = 16;

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    let rest = text.0.get(from..)?;
    let mut previous = text.before(from);
    for (distance, byte) in rest.iter().enumerate() {
        let is_start = !is_token(std::mem::replace(&mut previous, *byte));
        let found = is_start.then(|| read(text, from + distance, *byte)).flatten();
        if found.is_some() {
            return found;
        }
    }
    None
}

fn read(text: Text<'_>, start: usize, first: u8) -> Option<Span> {
    let forms: &[Form] = match first {
        b'A' if text.at(start + 1) == b'I' => &GOOGLE,
        b'A' => &AWS,
        b'B' | b'b' => return bearer(text, start),
        b'e' => return json_web_token(text, start),
        b'g' => &G,
        b'h' => &H,
        b'n' => &N,
        b'p' => &P,
        b'r' => &R,
        b's' => &S,
        b'w' => &W,
        b'x' => &X,
        _ => return None,
    };
    let form = forms.iter().find(|form| text.has(start, form.prefix))?;
    let body = start + form.prefix.len();
    let end = text.skip_at_most(body, form.max.saturating_add(1), |byte| form.body.has(byte));
    let is_long_enough = (form.min..=form.max).contains(&(end - body));
    (is_long_enough && is_random(text.slice(body, end)) && is_free(text, start, end))
        .then_some(Span { start, end })
}

/// Whether a body is made by chance and not of words: it has a digit, or capitals among small letters.
fn is_random(body: &[u8]) -> bool {
    body.iter().any(u8::is_ascii_digit)
        || (body.iter().any(u8::is_ascii_uppercase) && body.iter().any(u8::is_ascii_lowercase))
}

fn is_free(text: Text<'_>, start: usize, end: usize) -> bool {
    !text.is_placeholder_before(start) && !text.is_closed_after(end)
}

/// `Bearer` and a token (RFC 6750 §2.1). The word stays.
fn bearer(text: Text<'_>, word: usize) -> Option<Span> {
    if !text.has_word(word, b"bearer") {
        return None;
    }
    let start = text.skip(word + 6, |byte| byte == b' ' || byte == b'\t');
    let run = text.skip(start, |byte| is_token(byte) || b".~+/=".contains(&byte));
    let mut end = run;
    while end > start && text.before(end) == b'.' {
        end -= 1;
    }
    let is_token = start > word + 6
        && end - start >= MIN_BEARER_BYTES
        && text.slice(start, end).iter().any(u8::is_ascii_digit)
        && !text.is_placeholder_before(word)
        && !text.is_closed_after(run);
    is_token.then_some(Span { start, end })
}

/// A signed or encrypted token in compact form (RFC 7515 §7.1, RFC 7516 §7.1).
fn json_web_token(text: Text<'_>, start: usize) -> Option<Span> {
    if !text.has(start, b"eyJ") {
        return None;
    }
    let mut end = text.skip(start, is_token);
    if end - start < MIN_JWT_HEADER + 3 {
        return None;
    }
    let is_object_next = text.has(end, b".eyJ");
    let mut parts = 1;
    while parts < MAX_JWT_PARTS && text.at(end) == b'.' {
        // The key of an encrypted token may be empty.
        let next = text.skip(end + 1, is_token);
        if next == end + 1 && text.at(next) != b'.' {
            break;
        }
        end = next;
        parts += 1;
    }
    let is_token = (parts >= 3 || (parts == 2 && is_object_next)) && is_free(text, start, end);
    is_token.then_some(Span { start, end })
}

/// The characters of a token. One begins only where none of them stands before.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
