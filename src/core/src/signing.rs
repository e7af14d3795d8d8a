//! Signatures: HMAC-SHA256 over bytes with a shared secret, and JSON Web Tokens with `HS256`, `RS256`, `ES256`
//! and `EdDSA`.
//!
//! The algorithm is pinned by the key: nothing that was received decides how it is checked. Signatures are
//! compared in constant time, and a key is never printed; a shared secret is wiped when it is dropped.

mod base64url;
mod der;
mod hmac;
mod jwk;
pub mod jwt;
mod key;
mod key_pair;
mod key_set;
mod pem;
mod token_key;

pub use hmac::{SignatureEncoding, UnknownEncoding, sign, verify};
pub(crate) use hmac::{hex, is_equal, mac};
pub use key::{InvalidKey, SigningKey};
pub use key_set::KeySet;
pub use token_key::{Algorithm, TokenKey};
