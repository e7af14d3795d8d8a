use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::code::ErrorCode;
use crate::limits::MIN_KEY_BYTES;

/// The block of SHA-256, in bytes. A longer key is hashed first, a shorter one is filled with zeros (RFC 2104).
const BLOCK_BYTES: usize = 64;

/// The longest key that is taken, in bytes: far above any real key, so a file passed by mistake is noticed.
const MAX_KEY_BYTES: usize = 4096;

/// The fewest bytes of a secret that somebody else gave out, such as GitHub or Slack: 128 bits.
const MIN_FOREIGN_SECRET_BYTES: usize = 16;

/// The lengths that Standard Webhooks allows for a secret, in bytes.
const WEBHOOK_SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The prefix of a Standard Webhooks secret; base64 follows.
const WEBHOOK_PREFIX: &str = "whsec_";

/// The prefix of a site secret; base64url without padding follows.
const SITE_PREFIX: &str = "psk_";

/// Both ways of writing base64 are in use for `whsec_` secrets: with padding and without.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A secret key for HMAC-SHA256. It has no way to give its bytes back.
///
/// ```
/// use platen_core::signing::SigningKey;
///
/// let key: SigningKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// assert_eq!(format!("{key:?}"), "SigningKey([redacted])");
/// # Ok::<(), platen_core::signing::InvalidKey>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    /// The hash after it took in the key, which is half the work of signing something short. It wipes itself.
    keyed: Hmac<Sha256>,
    key_bytes: usize,
}

impl SigningKey {
    /// Takes raw key bytes: 32 to 4096 of them.
    ///
    /// # Errors
    /// [`InvalidKey::TooShort`] or [`InvalidKey::TooLong`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        if bytes.len() < MIN_KEY_BYTES {
            return Err(InvalidKey::TooShort { expected: MIN_KEY_BYTES, actual: bytes.len() });
        }
        Self::from_checked_bytes(bytes)
    }

    /// Takes a key as configuration holds it: `whsec_` with base64 of 24 to 64 bytes, `psk_` with base64url
    /// of at least 32 bytes, or else the text's own bytes, at least 32 of them.
    ///
    /// # Errors
    /// [`InvalidKey`] when a known prefix is followed by something else than its form, or the length is wrong.
    pub fn from_text(text: &[u8]) -> Result<Self, InvalidKey> {
        if let Some(encoded) = text.strip_prefix(WEBHOOK_PREFIX.as_bytes()) {
            return Self::from_webhook_secret(encoded);
        }
        match text.strip_prefix(SITE_PREFIX.as_bytes()) {
            Some(encoded) => {
                let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
                let bytes = Zeroizing::new(
                    engine.decode(encoded).map_err(|_| InvalidKey::Encoding { prefix: SITE_PREFIX })?,
                );
                Self::from_bytes(&bytes)
            }
            None => Self::from_bytes(text),
        }
    }

    /// Takes the bytes of a secret as another service uses them, whatever they begin with: 16 to 4096.
    ///
    /// Stripe's `whsec_…` is such a secret: its letters are the key. A key below 32 bytes makes and checks no
    /// tokens.
    ///
    /// # Errors
    /// [`InvalidKey::TooShort`] or [`InvalidKey::TooLong`].
    pub fn from_foreign_secret(bytes: &[u8]) -> Result<Self, InvalidKey> {
        if bytes.len() < MIN_FOREIGN_SECRET_BYTES {
            return Err(InvalidKey::TooShort { expected: MIN_FOREIGN_SECRET_BYTES, actual: bytes.len() });
        }
        Self::from_checked_bytes(bytes)
    }

    fn from_webhook_secret(encoded: &[u8]) -> Result<Self, InvalidKey> {
        let bytes = Zeroizing::new(
            STANDARD.decode(encoded).map_err(|_| InvalidKey::Encoding { prefix: WEBHOOK_PREFIX })?,
        );
        if bytes.len() < *WEBHOOK_SECRET_BYTES.start() {
            return Err(InvalidKey::TooShort {
                expected: *WEBHOOK_SECRET_BYTES.start(),
                actual: bytes.len(),
            });
        }
        if bytes.len() > *WEBHOOK_SECRET_BYTES.end() {
            return Err(InvalidKey::TooLong { limit: *WEBHOOK_SECRET_BYTES.end(), actual: bytes.len() });
        }
        Self::from_checked_bytes(&bytes)
    }

    fn from_checked_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        if bytes.len() > MAX_KEY_BYTES {
            return Err(InvalidKey::TooLong { limit: MAX_KEY_BYTES, actual: bytes.len() });
        }
        let hashed =
            (bytes.len() > BLOCK_BYTES).then(|| Zeroizing::new(<[u8; 32]>::from(Sha256::digest(bytes))));
        let mut block = Zeroizing::new([0; BLOCK_BYTES]);
        let source = hashed.as_ref().map_or(bytes, |digest| digest.as_slice());
        for (to, from) in block.iter_mut().zip(source) {
            *to = *from;
        }
        Ok(Self { keyed: Hmac::new((&*block).into()), key_bytes: bytes.len() })
    }

    /// The key's length before it was made into a block, in bytes.
    pub(super) fn key_bytes(&self) -> usize {
        self.key_bytes
    }

    /// The hash that has taken in the key, ready for the data.
    pub(super) fn keyed(&self) -> Hmac<Sha256> {
        self.keyed.clone()
    }
}

impl std::str::FromStr for SigningKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_text(text.as_bytes())
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

/// The text or the bytes cannot be a key. No part of them is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidKey {
    /// Fewer bytes than a safe key has.
    #[error("a signing key has at least {expected} bytes, this one has {actual}")]
    TooShort {
        /// The fewest allowed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// More bytes than a key can have.
    #[error("a signing key has at most {limit} bytes, this one has {actual}")]
    TooLong {
        /// The most allowed.
        limit: usize,
        /// How many there are.
        actual: usize,
    },
    /// It is not a key in a form that is read here.
    #[error("{0}")]
    Malformed(&'static str),
    /// What follows the prefix is not in its encoding.
    #[error("a key that begins with {prefix} goes on in {}", encoding_after(prefix))]
    Encoding {
        /// The prefix that was found.
        prefix: &'static str,
    },
}

impl InvalidKey {
    /// The stable code: always [`ErrorCode::InvalidKey`].
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidKey
    }
}

fn encoding_after(prefix: &str) -> &'static str {
    if prefix == SITE_PREFIX { "base64url without padding" } else { "base64" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vectors {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        key: String,
        error: Option<String>,
    }

    #[test]
    fn the_golden_keys_are_taken_or_refused_with_their_code() {
        let json = include_str!("../../../../tests/vectors/hmac/keys.json");
        let vectors: Vectors = serde_json::from_str(json).unwrap();

        for case in vectors.cases {
            let refused = case.key.parse::<SigningKey>().err().map(|error| error.code().to_string());
            assert_eq!(refused, case.error, "{}", case.name);
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = SigningKey::from_bytes(b"planted-planted-planted-planted!").unwrap();

        assert!(!format!("{key:?}").contains("planted"));
    }

    fn mac(key: &SigningKey) -> [u8; 32] {
        crate::signing::mac(&[b"data"], key)
    }

    #[test]
    fn the_site_secret_and_its_bytes_are_the_same_key() {
        let text: SigningKey = "psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".parse().unwrap();
        let bytes: Vec<u8> = (0..32).collect();

        assert_eq!(mac(&text), mac(&SigningKey::from_bytes(&bytes).unwrap()));
    }

    #[test]
    fn a_webhook_secret_is_read_with_and_without_padding() {
        let padded: SigningKey = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse().unwrap();
        let bare: SigningKey = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".parse().unwrap();

        assert_eq!(mac(&padded), mac(&bare));
    }

    #[test]
    fn a_broken_key_with_a_known_prefix_is_not_taken_as_raw_bytes() {
        for text in
            ["psk_not base64url at all, yet long enough", "whsec_!not base64 at all, yet long enough!"]
        {
            assert!(matches!(text.parse::<SigningKey>(), Err(InvalidKey::Encoding { .. })), "{text}");
        }
    }

    #[test]
    fn a_foreign_secret_is_its_letters() {
        let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let letters = SigningKey::from_foreign_secret(text.as_bytes()).unwrap();

        assert_ne!(mac(&letters), mac(&text.parse().unwrap()));
        assert_eq!(mac(&letters), mac(&SigningKey::from_bytes(text.as_bytes()).unwrap()));
        assert!(SigningKey::from_foreign_secret(&[7; 16]).is_ok());
        assert_eq!(
            SigningKey::from_foreign_secret(&[7; 15]).unwrap_err(),
            InvalidKey::TooShort { expected: 16, actual: 15 }
        );
    }

    #[test]
    fn short_keys_are_refused() {
        let short = InvalidKey::TooShort { expected: 32, actual: 31 };

        assert_eq!(SigningKey::from_bytes(&[7; 31]).unwrap_err(), short);
        assert_eq!("psk_AAECAw".parse::<SigningKey>().unwrap_err().code(), ErrorCode::InvalidKey);
        assert_eq!(
            "whsec_AAECAw==".parse::<SigningKey>().unwrap_err(),
            InvalidKey::TooShort { expected: 24, actual: 4 }
        );
    }

    #[test]
    fn long_keys_are_refused() {
        assert!(SigningKey::from_bytes(&[7; 4096]).is_ok());
        assert_eq!(
            SigningKey::from_bytes(&[7; 4097]).unwrap_err(),
            InvalidKey::TooLong { limit: 4096, actual: 4097 }
        );
    }
}
