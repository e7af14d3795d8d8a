//! Webhook signatures after Standard Webhooks, version `v1`: HMAC-SHA256 over `{id}.{timestamp}.{raw body}`.
//!
//! The body is bytes: it must be the one that was received, before any parsing. Remembering ids against
//! replays is the receiver's part.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::clock::Timestamp;
use crate::code::ErrorCode;
use crate::signing::SigningKey;

/// The name of the header with the message's id.
pub const ID_HEADER: &str = "webhook-id";

/// The name of the header with the time of sending, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";

/// The name of the header with the signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// The longest id that is accepted, in bytes.
pub const MAX_ID_BYTES: usize = 255;

/// How many signatures of one header are looked at: more than any rotation of keys needs, few enough that a
/// hostile header costs nothing.
const MAX_SIGNATURES: usize = 16;

/// The three headers of a received webhook, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headers<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`.
    pub timestamp: &'a str,
    /// `webhook-signature`: a list separated by spaces.
    pub signature: &'a str,
}

/// Gives the value of `webhook-signature`: `v1,` and base64.
///
/// The id must have passed [`check_id`]: a dot in it would let two messages share one signature.
///
/// ```
/// use platen_core::signing::SigningKey;
/// use platen_core::webhook;
///
/// let key: SigningKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// let signature = webhook::sign("msg_1", 1_614_265_330, b"{}", &key);
/// assert!(signature.starts_with("v1,"));
/// # Ok::<(), platen_core::signing::InvalidKey>(())
/// ```
pub fn sign(id: &str, timestamp_seconds: i64, body: &[u8], key: &SigningKey) -> String {
    sign_parts(id, &timestamp_seconds.to_string(), body, key)
}

/// Checks a received webhook against every key that is valid now; several are while a secret rotates.
///
/// # Errors
/// [`WebhookError`]; the time is checked before the signatures.
pub fn verify(
    headers: &Headers<'_>,
    body: &[u8],
    keys: &[&SigningKey],
    tolerance: Duration,
    now: Timestamp,
) -> Result<(), WebhookError> {
    check_id(headers.id)?;
    let sent = parse_timestamp(headers.timestamp)?;
    if now.as_seconds().abs_diff(sent) > tolerance.as_secs() {
        return Err(WebhookError::Timestamp { tolerance });
    }
    let given = || headers.signature.split(' ').filter(|text| text.starts_with("v1,")).take(MAX_SIGNATURES);
    let is_valid = keys.iter().any(|key| {
        let expected = sign_parts(headers.id, headers.timestamp, body, key);
        given().any(|signature| crate::signing::is_equal(expected.as_bytes(), signature.as_bytes()))
    });
    if is_valid { Ok(()) } else { Err(WebhookError::Signature) }
}

/// Checks that an id can be signed: 1 to 255 visible ASCII characters without a dot.
///
/// # Errors
/// [`WebhookError::Header`] when it cannot.
pub fn check_id(id: &str) -> Result<(), WebhookError> {
    let is_valid = (1..=MAX_ID_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.');
    if is_valid { Ok(()) } else { Err(WebhookError::Header(ID_HEADER)) }
}

fn parse_timestamp(text: &str) -> Result<i64, WebhookError> {
    // Only the spelling that was signed: `+5` or `005` would be other bytes under the signature.
    let seconds: i64 = text.parse().map_err(|_| WebhookError::Header(TIMESTAMP_HEADER))?;
    if seconds >= 0 && seconds.to_string() == text {
        Ok(seconds)
    } else {
        Err(WebhookError::Header(TIMESTAMP_HEADER))
    }
}

fn sign_parts(id: &str, timestamp: &str, body: &[u8], key: &SigningKey) -> String {
    let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    format!("v1,{}", STANDARD.encode(crate::signing::mac(&parts, key)))
}

/// A webhook that is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// A header is missing or not of its form.
    #[error("the header {0} is missing or malformed")]
    Header(&'static str),
    /// The time of sending is too far from now, in either direction.
    #[error("the webhook's timestamp is more than {} s away", tolerance.as_secs())]
    Timestamp {
        /// How far it may be.
        tolerance: Duration,
    },
    /// No signature belongs to the body and one of the keys.
    #[error("no signature of the webhook holds")]
    Signature,
}

impl WebhookError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Header(_) | Self::Signature => ErrorCode::InvalidSignature,
            Self::Timestamp { .. } => ErrorCode::TimestampOutOfTolerance,
        }
    }
}

#[cfg(test)]
mod tests;
