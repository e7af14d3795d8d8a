//! The classes that PHP sees, apart from the exceptions.

mod key_cache;
mod key_set;
mod signing_key;
mod token_counter;

pub(crate) use key_set::KeySet;
pub(crate) use signing_key::SigningKey;
pub(crate) use token_counter::TokenCounter;
