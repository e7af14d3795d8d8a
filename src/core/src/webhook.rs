//! Webhook signatures: those of Standard Webhooks, which are ours, and those of four other services.
//!
//! The body is bytes: it must be the one that was received, before any parsing. Remembering what was received
//! against replays is the receiver's part; [`verify_as`] says what to remember.

mod content;
mod scheme;

use std::time::Duration;

use thiserror::Error;

use self::content::Content;
pub use self::scheme::Scheme;
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

/// The three headers of a received webhook after Standard Webhooks, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headers<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`.
    pub timestamp: &'a str,
    /// `webhook-signature`: a list separated by spaces.
    pub signature: &'a str,
}

/// A webhook of any scheme as it was received, or as it is to be sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// `POST`, in upper case. Only [`Scheme::HubSpot`] signs it.
    pub method: &'a str,
    /// The whole address that was called, with scheme, host and query. Only [`Scheme::HubSpot`] signs it.
    pub uri: &'a str,
    /// The raw body.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// A `POST` of this body, for the schemes that sign no address.
    pub fn of(body: &'a [u8]) -> Self {
        Self { method: "POST", uri: "", body }
    }
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
    let timestamp = timestamp_seconds.to_string();
    Content::new(Scheme::Standard, id, &timestamp, &Request::of(body)).sign(key)
}

/// Gives the value of the scheme's signature header, with one signature for each key.
///
/// `id` is signed by [`Scheme::Standard`] only. `timestamp` is in the unit of the scheme's header: milliseconds for
/// [`Scheme::HubSpot`], seconds for the others.
///
/// # Errors
/// [`WebhookError::Header`] when the id or the timestamp cannot be signed, [`WebhookError::Uri`] when the
/// address of [`Scheme::HubSpot`] is missing, [`WebhookError::KeyCount`] when there is no key or the scheme has room
/// for one only.
pub fn sign_as(
    scheme: Scheme,
    id: &str,
    timestamp: i64,
    request: &Request<'_>,
    keys: &[&SigningKey],
) -> Result<String, WebhookError> {
    if scheme == Scheme::Standard {
        check_id(id)?;
    }
    if timestamp < 0 {
        return Err(WebhookError::Header(scheme.timestamp_header()));
    }
    scheme.check_request(request)?;
    if keys.is_empty() || (keys.len() > 1 && !scheme.has_several_signatures()) {
        return Err(WebhookError::KeyCount);
    }
    let timestamp = timestamp.to_string();
    let content = Content::new(scheme, id, &timestamp, request);
    Ok(scheme.write_header(&timestamp, keys.iter().map(|key| content.sign(key))))
}

/// Checks a received webhook after Standard Webhooks against every key that is valid now; several are while a
/// secret rotates.
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
    let header = |name| match name {
        ID_HEADER => headers.id,
        TIMESTAMP_HEADER => headers.timestamp,
        _ => headers.signature,
    };
    verify_as(Scheme::Standard, &Request::of(body), header, keys, tolerance, now).map(drop)
}

/// Checks a received webhook of any scheme, as [`verify`] does.
///
/// `header` looks up the value of a header by its lower-case name, and gives an empty text when it is missing.
/// Gives what the receiver remembers against replays: the id for Standard Webhooks, and for the others, which
/// sign no id, the SHA-256 of what was signed, in hexadecimal.
///
/// # Errors
/// [`WebhookError`]; the time is checked before the signatures.
pub fn verify_as<'a>(
    scheme: Scheme,
    request: &Request<'_>,
    header: impl Fn(&'static str) -> &'a str,
    keys: &[&SigningKey],
    tolerance: Duration,
    now: Timestamp,
) -> Result<String, WebhookError> {
    scheme.check_request(request)?;
    let received = scheme.read_headers(header)?;
    if let Some(sent) = received.sent
        && now.as_seconds().abs_diff(sent.as_seconds()) > tolerance.as_secs()
    {
        return Err(WebhookError::Timestamp { tolerance });
    }
    let content = Content::new(scheme, received.id, received.timestamp, request);
    let is_valid = keys.iter().any(|key| content.verifies(key, scheme.signatures(received.signatures)));
    match (is_valid, scheme) {
        (false, _) => Err(WebhookError::Signature),
        (true, Scheme::Standard) => Ok(received.id.to_owned()),
        (true, Scheme::Stripe | Scheme::GitHub | Scheme::Slack | Scheme::HubSpot) => Ok(content.digest()),
    }
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

/// A webhook that is not accepted, or cannot be signed.
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
    /// The scheme signs the address, and none was given.
    #[error("the scheme hubspot signs the method and the whole address of the request")]
    Uri,
    /// There is no key to sign with, or more than the scheme's header has room for.
    #[error("a webhook is signed with one key, after standard and stripe with one or more")]
    KeyCount,
}

impl WebhookError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Header(_) | Self::Signature => ErrorCode::InvalidSignature,
            Self::Timestamp { .. } => ErrorCode::TimestampOutOfTolerance,
            Self::Uri | Self::KeyCount => ErrorCode::InvalidRequest,
        }
    }
}

#[cfg(test)]
mod tests;
