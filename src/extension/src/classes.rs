//! The classes that PHP sees, apart from the exceptions.

mod key_cache;
mod key_set;
mod secrecy;
mod signing_key;

pub(crate) use key_set::KeySet;
pub(crate) use secrecy::hide_secrets_from_traces;
pub(crate) use signing_key::SigningKey;
