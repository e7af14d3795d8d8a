//! JSON Web Tokens (RFC 7519) in one fixed profile: `HS256`, `RS256`, `ES256` or `EdDSA` as the key says, `typ` of
//! `JWT`, `exp` required.
//!
//! The order of checks is: shape, key, algorithm, signature, claims. No claim is read before the signature holds.
//! A token that names an audience is refused unless that audience was asked for, so a token made for one
//! purpose never opens another.

mod claims;
mod header;

use thiserror::Error;

pub use self::claims::{Checks, Claim, ClaimSet, Claims, TokenId};
use self::header::Header;
use super::token_key::{check_strength, secret_verifies, sign_with_secret};
use super::{Algorithm, KeySet, SigningKey, TokenKey, base64url};
use crate::code::ErrorCode;
use crate::limits::MIN_KEY_BYTES;

/// `{"alg":"HS256","typ":"JWT"}`: the header of tokens under a secret without an id.
const SECRET_HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// The longest token that is made or read, in bytes: twice what web servers take as a header line.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What signs a token.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// A shared secret without an id, for `HS256`.
    Secret(&'a SigningKey),
    /// A key that knows its algorithm and id.
    Key(&'a TokenKey),
}

/// What a token may be signed with.
#[derive(Clone, Copy, Debug)]
pub enum Keys<'a> {
    /// A shared secret without an id, for `HS256`.
    Secret(&'a SigningKey),
    /// One key. When it has an id, the token must name it.
    Key(&'a TokenKey),
    /// The key of the set that the token names.
    Set(&'a KeySet),
}

impl<'a> From<&'a SigningKey> for Signer<'a> {
    fn from(secret: &'a SigningKey) -> Self {
        Self::Secret(secret)
    }
}

impl<'a> From<&'a TokenKey> for Signer<'a> {
    fn from(key: &'a TokenKey) -> Self {
        Self::Key(key)
    }
}

impl<'a> From<&'a SigningKey> for Keys<'a> {
    fn from(secret: &'a SigningKey) -> Self {
        Self::Secret(secret)
    }
}

impl<'a> From<&'a TokenKey> for Keys<'a> {
    fn from(key: &'a TokenKey) -> Self {
        Self::Key(key)
    }
}

impl<'a> From<&'a KeySet> for Keys<'a> {
    fn from(set: &'a KeySet) -> Self {
        Self::Set(set)
    }
}

/// Makes a token. The claims are taken as they are; only their size is limited.
///
/// # Errors
/// As [`encode_payload`].
pub fn encode<'a>(claims: &Claims, key: impl Into<Signer<'a>>) -> Result<String, JwtError> {
    let payload = serde_json::to_vec(&claims.0).map_err(|_| JwtError::Malformed("payload"))?;
    encode_payload(&payload, key)
}

/// Makes a token over a payload that is a JSON object already.
///
/// # Errors
/// [`JwtError::WeakKey`] when a secret has fewer than 32 bytes, [`JwtError::NotPrivate`] when the key has only its
/// public half, [`JwtError::TooLong`] when the token would be longer than [`MAX_TOKEN_BYTES`].
pub fn encode_payload<'a>(payload: &[u8], key: impl Into<Signer<'a>>) -> Result<String, JwtError> {
    let key = key.into();
    let (header, signature_bytes) = match key {
        Signer::Secret(secret) => {
            check_strength(secret)?;
            (SECRET_HEADER, 44)
        }
        Signer::Key(key) => {
            key.check_strength()?;
            (key.header(), key.algorithm().longest_signature())
        }
    };
    if payload.len() > MAX_TOKEN_BYTES {
        return Err(JwtError::TooLong);
    }
    let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + signature_bytes + 4);
    token.push_str(header);
    token.push('.');
    base64url::append(payload, &mut token);
    match key {
        Signer::Secret(secret) => sign_with_secret(secret, &mut token),
        Signer::Key(key) => key.sign(&mut token)?,
    }
    if token.len() > MAX_TOKEN_BYTES { Err(JwtError::TooLong) } else { Ok(token) }
}

/// Checks a token and gives its claims.
///
/// # Errors
/// The first check that does not hold, in the order the module names; see [`JwtError`].
pub fn decode<'a>(token: &str, keys: impl Into<Keys<'a>>, checks: &Checks<'_>) -> Result<Claims, JwtError> {
    let payload = open(token, keys)?;
    let claims = Claims(serde_json::from_slice(&payload).map_err(|_| JwtError::Malformed("payload"))?);
    checks.apply(&claims)?;
    Ok(claims)
}

/// Checks a token's shape, key, algorithm and signature, and gives its payload. The caller reads it as a JSON
/// object and must then apply its [`Checks`].
///
/// # Errors
/// The first check that does not hold, in the order the module names; see [`JwtError`].
pub fn open<'a>(token: &str, keys: impl Into<Keys<'a>>) -> Result<Vec<u8>, JwtError> {
    let keys = keys.into();
    check_strength_of(keys)?;
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwtError::TooLong);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed("token"))?;
    let (header, payload) = message.split_once('.').ok_or(JwtError::Malformed("token"))?;
    if payload.contains('.') {
        return Err(JwtError::Malformed("token"));
    }
    let is_valid = match keys {
        Keys::Secret(secret) => {
            if header != SECRET_HEADER {
                Header::read(header)?.check(Algorithm::Hs256)?;
            }
            secret_verifies(secret, message, signature)
        }
        Keys::Key(key) => {
            check_header(header, key)?;
            key.verifies(message, signature)
        }
        Keys::Set(set) => choose(header, set)?.verifies(message, signature),
    };
    if !is_valid {
        return Err(JwtError::Signature);
    }
    base64url::read(payload).map_err(|_| JwtError::Malformed("payload"))
}

fn check_strength_of(keys: Keys<'_>) -> Result<(), JwtError> {
    match keys {
        Keys::Secret(secret) => check_strength(secret),
        Keys::Key(key) => key.check_strength(),
        Keys::Set(set) => set.keys().iter().try_for_each(|key| key.check_strength()),
    }
}

fn check_header(encoded: &str, key: &TokenKey) -> Result<(), JwtError> {
    if encoded == key.header() {
        return Ok(());
    }
    let header = Header::read(encoded)?;
    if key.id().is_some_and(|id| header.kid.as_deref() != Some(id)) {
        return Err(JwtError::UnknownKey);
    }
    header.check(key.algorithm())
}

fn choose<'a>(encoded: &str, set: &'a KeySet) -> Result<&'a TokenKey, JwtError> {
    if let Some(key) = set.keys().iter().find(|key| key.header() == encoded) {
        return Ok(key);
    }
    let header = Header::read(encoded)?;
    let key = header.kid.as_deref().and_then(|id| set.find(id)).ok_or(JwtError::UnknownKey)?;
    header.check(key.algorithm())?;
    Ok(key)
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
    /// The header names another algorithm than the key is for, or `none`.
    #[error("the token names another algorithm than its key is for")]
    Algorithm,
    /// The header names no key, or not the one or one of those that were given.
    #[error("the token names no key that is known")]
    UnknownKey,
    /// Only the public half of the key is there, which cannot sign.
    #[error("a token is signed with a private key; this one is public")]
    NotPrivate,
    /// The machine gave no randomness.
    #[error("the token could not be signed")]
    Unsigned,
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
    /// `iat` is longer ago than was asked for.
    #[error("the token was issued too long ago")]
    TooOld,
    /// `nbf` or `iat` lies in the future.
    #[error("the token's claim {0} lies in the future")]
    NotYetValid(&'static str),
}

impl JwtError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::WeakKey | Self::NotPrivate => ErrorCode::InvalidKey,
            Self::TooLong
            | Self::Malformed(_)
            | Self::MissingClaim(_)
            | Self::ClaimType(_)
            | Self::ClaimMismatch(_) => ErrorCode::InvalidToken,
            Self::Algorithm => ErrorCode::UnsupportedAlgorithm,
            Self::Signature => ErrorCode::InvalidSignature,
            Self::UnknownKey => ErrorCode::UnknownKey,
            Self::Unsigned => ErrorCode::Internal,
            Self::Expired | Self::TooOld => ErrorCode::TokenExpired,
            Self::NotYetValid(_) => ErrorCode::TokenNotYetValid,
        }
    }

    /// The claim that did not hold, when it was one.
    pub fn claim(&self) -> Option<&'static str> {
        match self {
            Self::MissingClaim(name)
            | Self::ClaimType(name)
            | Self::ClaimMismatch(name)
            | Self::NotYetValid(name) => Some(name),
            Self::Expired => Some("exp"),
            Self::TooOld => Some("iat"),
            Self::WeakKey
            | Self::TooLong
            | Self::Malformed(_)
            | Self::Algorithm
            | Self::UnknownKey
            | Self::NotPrivate
            | Self::Unsigned
            | Self::Signature => None,
        }
    }
}

#[cfg(test)]
mod tests;
