use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::Mac;
use subtle::ConstantTimeEq;
use thiserror::Error;

use super::SigningKey;
use crate::code::ErrorCode;

/// How the 32 bytes of a signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureEncoding {
    /// 64 lower-case hexadecimal digits.
    Hex,
    /// Base64 with padding, 44 characters.
    Base64,
    /// Base64url without padding, 43 characters.
    Base64Url,
    /// `sha256=` and 64 lower-case hexadecimal digits, as GitHub and Meta sign their webhooks.
    PrefixedHex,
}

impl SignatureEncoding {
    /// Every encoding, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Hex, Self::Base64, Self::Base64Url, Self::PrefixedHex];

    /// The name that PHP and configuration use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
            Self::PrefixedHex => HEX_PREFIX,
        }
    }

    /// The signature in this encoding.
    pub(crate) fn write(self, signature: &[u8; 32]) -> String {
        match self {
            Self::Hex => hex(signature),
            Self::Base64 => STANDARD.encode(signature),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(signature),
            Self::PrefixedHex => format!("{HEX_PREFIX}{}", hex(signature)),
        }
    }

    /// Reads a signature back; `None` when the text is not to the letter what [`Self::write`] gives.
    pub(crate) fn read(self, text: &[u8]) -> Option<[u8; 32]> {
        match self {
            Self::Hex => read_hex(text),
            Self::Base64 => read_base64(&STANDARD, text),
            Self::Base64Url => read_base64(&URL_SAFE_NO_PAD, text),
            Self::PrefixedHex => read_hex(text.strip_prefix(HEX_PREFIX.as_bytes())?),
        }
    }
}

const HEX_PREFIX: &str = "sha256=";

impl std::str::FromStr for SignatureEncoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|encoding| encoding.name() == name).ok_or(UnknownEncoding)
    }
}

/// The name is not that of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the encoding of a signature is one of hex, base64, base64url, sha256=")]
pub struct UnknownEncoding;

impl UnknownEncoding {
    /// The stable code: always [`ErrorCode::InvalidRequest`].
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }
}

/// Signs the data with HMAC-SHA256.
pub fn sign(data: &[u8], key: &SigningKey, encoding: SignatureEncoding) -> String {
    encoding.write(&mac(&[data], key))
}

/// Whether the signature is exactly what [`sign`] gives, compared in constant time.
///
/// The text must match to the letter: upper-case digits or other padding do not verify, so that one
/// signature has one spelling and can be remembered against replays.
#[must_use]
pub fn verify(data: &[u8], signature: &[u8], key: &SigningKey, encoding: SignatureEncoding) -> bool {
    // What was given is decoded, never the right signature encoded: encodings look letters up in tables.
    encoding.read(signature).is_some_and(|given| is_equal(&mac(&[data], key), &given))
}

/// HMAC-SHA256 over the parts as if they were one.
pub(crate) fn mac(parts: &[&[u8]], key: &SigningKey) -> [u8; 32] {
    let mut mac = key.keyed();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Compares two signatures in constant time.
pub(crate) fn is_equal(expected: &[u8; 32], given: &[u8; 32]) -> bool {
    expected.ct_eq(given).into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    // Neither table nor branch, whose times depend on what is written.
    let digit =
        |nibble: u8| char::from(nibble + b'0' + (9_u8.wrapping_sub(nibble) >> 7) * (b'a' - b'0' - 10));
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    text
}

fn read_hex(text: &[u8]) -> Option<[u8; 32]> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_chunks::<2>().0) {
        let [high, low] = *pair;
        *byte = (nibble(high)? << 4) | nibble(low)?;
    }
    Some(bytes)
}

fn read_base64(engine: &impl Engine, text: &[u8]) -> Option<[u8; 32]> {
    // 32 bytes are 43 letters and at most one padding; the decoder wants room for whole groups.
    let mut bytes = [0; 36];
    if text.len() > 44 {
        return None;
    }
    let length = engine.decode_slice(text, &mut bytes).ok()?;
    bytes.get(..length)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[0x0b; 32]).unwrap()
    }

    #[derive(serde::Deserialize)]
    struct Vectors {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        key: String,
        data_base64: String,
        signatures: std::collections::BTreeMap<String, String>,
    }

    #[test]
    fn the_golden_signatures_are_made_and_verify() {
        let json = include_str!("../../../../tests/vectors/hmac/signatures.json");
        let vectors: Vectors = serde_json::from_str(json).unwrap();

        for case in vectors.cases {
            let (key, data) = (case.key.parse().unwrap(), STANDARD.decode(case.data_base64).unwrap());
            for encoding in SignatureEncoding::ALL {
                let expected = &case.signatures[encoding.name()];
                assert_eq!(sign(&data, &key, encoding), *expected, "{}", case.name);
                assert!(verify(&data, expected.as_bytes(), &key, encoding), "{}", case.name);
            }
        }
    }

    #[test]
    fn a_key_longer_than_a_block_is_hashed_first_as_rfc_4231_shows() {
        let key = SigningKey::from_bytes(&[0xaa; 131]).unwrap();
        let data = b"Test Using Larger Than Block-Size Key - Hash Key First";

        assert_eq!(
            sign(data, &key, SignatureEncoding::Hex),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn another_spelling_of_the_signature_does_not_verify() {
        let signature = sign(b"data", &key(), SignatureEncoding::Hex).to_uppercase();

        assert!(!verify(b"data", signature.as_bytes(), &key(), SignatureEncoding::Hex));
        assert!(!verify(b"data", b"", &key(), SignatureEncoding::Hex));
    }

    #[test]
    fn an_unknown_encoding_is_refused() {
        assert_eq!("HEX".parse::<SignatureEncoding>(), Err(UnknownEncoding));
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies_and_any_other_data_does_not(
            data in proptest::collection::vec(any::<u8>(), 0..300),
            flipped in any::<prop::sample::Index>(),
        ) {
            for encoding in SignatureEncoding::ALL {
                let signature = sign(&data, &key(), encoding);
                prop_assert!(verify(&data, signature.as_bytes(), &key(), encoding));

                let mut other = data.clone();
                other.push(0);
                let at = flipped.index(other.len());
                other[at] ^= 1;
                prop_assert!(!verify(&other, signature.as_bytes(), &key(), encoding));
            }
        }
    }
}
