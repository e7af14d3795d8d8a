//! Signatures with a shared secret: HMAC-SHA256 over bytes, and JSON Web Tokens with `HS256`.
//!
//! The algorithm is pinned: nothing that was received decides how it is checked. Signatures are compared in
//! constant time, and a key is wiped when it is dropped and never printed.

mod hmac;
pub mod jwt;
mod key;

pub use hmac::{SignatureEncoding, UnknownEncoding, sign, verify};
pub(crate) use hmac::{is_equal, mac};
pub use key::{InvalidKey, SigningKey};
