//! JSON Web Tokens (RFC 7519) in one fixed profile: `HS256`, `typ` of `JWT`, `exp` required.
//!
//! The order of checks is: shape, algorithm, signature, claims. No claim is read before the signature holds.
//! A token that names an audience is refused unless that audience was asked for, so a token made for one
//! purpose never opens another.

mod claims;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

pub use self::claims::{Checks, Claims};
use super::SigningKey;
use super::hmac::{is_equal, mac};
use crate::code::ErrorCode;
use crate::limits::MIN_KEY_BYTES;

/// The only header that [`encode`] writes: `{"alg":"HS256","typ":"JWT"}`.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// The longest token that is made or read, in bytes: twice what web servers take as a header line.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Makes a token. The claims are taken as they are; only their size is limited.
///
/// # Errors
/// [`JwtError::WeakKey`] when the key has fewer than 32 bytes, [`JwtError::TooLong`] when the token would be
/// longer than [`MAX_TOKEN_BYTES`].
pub fn encode(claims: &Claims, key: &SigningKey) -> Result<String, JwtError> {
    check_key(key)?;
    let payload = serde_json::to_vec(&claims.0).map_err(|_| JwtError::Malformed("payload"))?;
    let mut token = String::with_capacity(HEADER.len() + payload.len() * 4 / 3 + 48);
    token.push_str(HEADER);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut token);
    let signature = mac(&[token.as_bytes()], key);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwtError::TooLong);
    }
    Ok(token)
}

/// Checks a token and gives its claims.
///
/// # Errors
/// The first check that does not hold, in the order the module names; see [`JwtError`].
pub fn decode(token: &str, key: &SigningKey, checks: &Checks<'_>) -> Result<Claims, JwtError> {
    check_key(key)?;
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwtError::TooLong);
    }
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return Err(JwtError::Malformed("token"));
    };
    let Some((header, payload)) = signed.split_once('.') else {
        return Err(JwtError::Malformed("token"));
    };
    if payload.contains('.') {
        return Err(JwtError::Malformed("token"));
    }
    check_header(header)?;
    let expected = URL_SAFE_NO_PAD.encode(mac(&[signed.as_bytes()], key));
    if !is_equal(expected.as_bytes(), signature.as_bytes()) {
        return Err(JwtError::Signature);
    }
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| JwtError::Malformed("payload"))?;
    let claims = Claims(serde_json::from_slice(&payload).map_err(|_| JwtError::Malformed("payload"))?);
    checks.apply(&claims)?;
    Ok(claims)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    /// A header with critical extensions must not be accepted by who does not know them (RFC 7515 §4.1.11).
    crit: Option<Value>,
}

fn check_header(encoded: &str) -> Result<(), JwtError> {
    if encoded == HEADER {
        return Ok(());
    }
    let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JwtError::Malformed("header"))?;
    // Through a map first: a derived struct would also take a JSON array.
    let map: Map<String, Value> = serde_json::from_slice(&json).map_err(|_| JwtError::Malformed("header"))?;
    let header: Header =
        serde_json::from_value(Value::Object(map)).map_err(|_| JwtError::Malformed("header"))?;
    if header.alg != "HS256" {
        return Err(JwtError::Algorithm);
    }
    if header.typ.is_some_and(|typ| typ != "JWT") || header.crit.is_some() {
        return Err(JwtError::Malformed("header"));
    }
    Ok(())
}

fn check_key(key: &SigningKey) -> Result<(), JwtError> {
    if key.key_bytes() < MIN_KEY_BYTES { Err(JwtError::WeakKey) } else { Ok(()) }
}

/// A token that cannot be made or is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JwtError {
    /// The key is shorter than the hash (RFC 7518 §3.2).
    #[error("a key for HS256 has at least {MIN_KEY_BYTES} bytes")]
    WeakKey,
    /// The token is longer than any token of ours.
    #[error("a token has at most {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// A part is not what RFC 7515 describes.
    #[error("the token's {0} is malformed")]
    Malformed(&'static str),
    /// The header names another algorithm, or `none`.
    #[error("the token is not signed with HS256")]
    Algorithm,
    /// The signature is not that of this key.
    #[error("the token's signature does not hold")]
    Signature,
    /// A claim that must be there is not.
    #[error("the token has no claim {0}")]
    MissingClaim(&'static str),
    /// A registered claim is not of its registered type.
    #[error("the token's claim {0} is not of its type")]
    ClaimType(&'static str),
    /// A claim is not what was asked for.
    #[error("the token's claim {0} is not the expected one")]
    ClaimMismatch(&'static str),
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token's claim {0} lies in the future")]
    NotYetValid(&'static str),
}

impl JwtError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::WeakKey => ErrorCode::InvalidKey,
            Self::TooLong
            | Self::Malformed(_)
            | Self::MissingClaim(_)
            | Self::ClaimType(_)
            | Self::ClaimMismatch(_) => ErrorCode::InvalidToken,
            Self::Algorithm => ErrorCode::UnsupportedAlgorithm,
            Self::Signature => ErrorCode::InvalidSignature,
            Self::Expired => ErrorCode::TokenExpired,
            Self::NotYetValid(_) => ErrorCode::TokenNotYetValid,
        }
    }
}

#[cfg(test)]
mod tests;
