use sha2::{Digest, Sha256};

use super::{Request, Scheme};
use crate::signing::{SigningKey, hex, is_equal, mac};

/// What a scheme signs, in parts, so that the body is not copied.
pub(super) struct Content<'a> {
    scheme: Scheme,
    parts: [&'a [u8]; 5],
}

impl<'a> Content<'a> {
    pub(super) fn new(scheme: Scheme, id: &'a str, timestamp: &'a str, request: &Request<'a>) -> Self {
        let (id, timestamp, body) = (id.as_bytes(), timestamp.as_bytes(), request.body);
        let parts = match scheme {
            Scheme::Standard => [id, b".", timestamp, b".", body],
            Scheme::Stripe => [timestamp, b".", body, b"", b""],
            Scheme::GitHub => [body, b"", b"", b"", b""],
            Scheme::Slack => [b"v0:", timestamp, b":", body, b""],
            Scheme::HubSpot => [request.method.as_bytes(), request.uri.as_bytes(), body, timestamp, b""],
        };
        Self { scheme, parts }
    }

    /// The signature as the scheme's header spells it.
    pub(super) fn sign(&self, key: &SigningKey) -> String {
        let signature = self.scheme.encoding().write(&mac(&self.parts, key));
        format!("{}{signature}", self.scheme.prefix())
    }

    /// Whether one of the signatures is that of this key.
    pub(super) fn verifies(&self, key: &SigningKey, mut given: impl Iterator<Item = [u8; 32]>) -> bool {
        let expected = mac(&self.parts, key);
        given.any(|signature| is_equal(&expected, &signature))
    }

    /// A name for the content that no key and no header changes.
    pub(super) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.parts {
            hash.update(part);
        }
        hex(&hash.finalize())
    }
}
