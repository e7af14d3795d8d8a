use super::{ID_HEADER, MAX_SIGNATURES, Request, SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookError, check_id};
use crate::clock::Timestamp;
use crate::signing::SignatureEncoding;

/// Whose webhooks: what is signed, and where and how the signature is written. All of them are HMAC-SHA256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Standard Webhooks: `{id}.{timestamp}.{body}`, `webhook-signature: v1,{base64}`, several separated by spaces.
    Standard,
    /// `{t}.{body}`, `stripe-signature: t={t},v1={hex}`, several `v1`. Fits any timestamped body.
    Stripe,
    /// `{body}`, `x-hub-signature-256: sha256={hex}`. No time is signed, so nothing limits replays but memory.
    GitHub,
    /// `v0:{timestamp}:{body}`, `x-slack-signature: v0={hex}`, `x-slack-request-timestamp`.
    Slack,
    /// Version 3: `{method}{uri}{body}{timestamp}`, `x-hubspot-signature-v3: {base64}`,
    /// `x-hubspot-request-timestamp` in milliseconds.
    HubSpot,
}

/// What the headers of a webhook say.
pub(super) struct Received<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    /// `None` when the scheme signs no time.
    pub(super) sent: Option<Timestamp>,
    pub(super) signatures: &'a str,
}

impl Scheme {
    /// Every scheme, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Standard, Self::Stripe, Self::GitHub, Self::Slack, Self::HubSpot];

    /// The name that PHP and configuration use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Stripe => "stripe",
            Self::GitHub => "github",
            Self::Slack => "slack",
            Self::HubSpot => "hubspot",
        }
    }

    /// The scheme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// The lower-case name of the header with the signature.
    pub fn signature_header(self) -> &'static str {
        match self {
            Self::Standard => SIGNATURE_HEADER,
            Self::Stripe => "stripe-signature",
            Self::GitHub => "x-hub-signature-256",
            Self::Slack => "x-slack-signature",
            Self::HubSpot => "x-hubspot-signature-v3",
        }
    }

    /// The lower-case name of the header with the time; that of the signature where the time is in it.
    pub(super) fn timestamp_header(self) -> &'static str {
        match self {
            Self::Standard => TIMESTAMP_HEADER,
            Self::Stripe | Self::GitHub => self.signature_header(),
            Self::Slack => "x-slack-request-timestamp",
            Self::HubSpot => "x-hubspot-request-timestamp",
        }
    }

    pub(super) fn has_several_signatures(self) -> bool {
        match self {
            Self::Standard | Self::Stripe => true,
            Self::GitHub | Self::Slack | Self::HubSpot => false,
        }
    }

    pub(super) fn check_request(self, request: &Request<'_>) -> Result<(), WebhookError> {
        let is_missing = self == Self::HubSpot && (request.uri.is_empty() || request.method.is_empty());
        if is_missing { Err(WebhookError::Uri) } else { Ok(()) }
    }

    pub(super) fn read_headers<'a>(
        self,
        header: impl Fn(&'static str) -> &'a str,
    ) -> Result<Received<'a>, WebhookError> {
        let id = if self == Self::Standard { header(ID_HEADER) } else { "" };
        if self == Self::Standard {
            check_id(id)?;
        }
        let malformed = WebhookError::Header(self.timestamp_header());
        let (timestamp, sent) = match self {
            Self::GitHub => ("", None),
            Self::Stripe => {
                let time = stripe_items(header(self.signature_header()), "t").next().ok_or(malformed)?;
                (time, Some(seconds(time).ok_or(malformed)?))
            }
            Self::Standard | Self::Slack => {
                let time = header(self.timestamp_header());
                (time, Some(seconds(time).ok_or(malformed)?))
            }
            Self::HubSpot => {
                let time = header(self.timestamp_header());
                (time, Some(milliseconds(time).ok_or(malformed)?))
            }
        };
        Ok(Received { id, timestamp, sent, signatures: header(self.signature_header()) })
    }

    /// How the bytes of a signature are written.
    pub(super) fn encoding(self) -> SignatureEncoding {
        match self {
            Self::Standard | Self::HubSpot => SignatureEncoding::Base64,
            Self::Stripe | Self::Slack => SignatureEncoding::Hex,
            Self::GitHub => SignatureEncoding::PrefixedHex,
        }
    }

    /// The version before each signature.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Standard => "v1,",
            Self::Stripe => "v1=",
            Self::Slack => "v0=",
            Self::GitHub | Self::HubSpot => "",
        }
    }

    /// The signatures of a header. Those of versions that are not known, and malformed ones, are passed over; of
    /// the others at most [`MAX_SIGNATURES`] are looked at.
    pub(super) fn signatures(self, header: &str) -> impl Iterator<Item = [u8; 32]> {
        let separator = match self {
            Self::Standard => ' ',
            Self::Stripe => ',',
            // No signature of these holds a line break, so the header is one piece.
            Self::GitHub | Self::Slack | Self::HubSpot => '\n',
        };
        let known = header.split(separator).filter_map(move |item| item.strip_prefix(self.prefix()));
        known.take(MAX_SIGNATURES).filter_map(move |text| self.encoding().read(text.as_bytes()))
    }

    pub(super) fn write_header(self, timestamp: &str, signatures: impl Iterator<Item = String>) -> String {
        match self {
            Self::Stripe => {
                signatures.fold(format!("t={timestamp}"), |header, signature| header + "," + &signature)
            }
            Self::Standard | Self::GitHub | Self::Slack | Self::HubSpot => {
                signatures.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// The values of one key in `t=1,v1=…,v1=…`.
fn stripe_items<'a>(header: &'a str, key: &'static str) -> impl Iterator<Item = &'a str> {
    header.split(',').filter_map(move |item| item.strip_prefix(key)?.strip_prefix('='))
}

fn seconds(text: &str) -> Option<Timestamp> {
    canonical(text).map(Timestamp::from_seconds)
}

fn milliseconds(text: &str) -> Option<Timestamp> {
    canonical(text)?.checked_mul(1000).map(Timestamp::from_micros)
}

/// Only the spelling that was signed: `+5` or `005` would be other bytes under the signature.
fn canonical(text: &str) -> Option<i64> {
    let is_canonical =
        text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    if is_canonical { text.parse().ok() } else { None }
}
