//! The classes that PHP sees, apart from the exceptions.

mod signing_key;
mod token_counter;

pub(crate) use signing_key::{SigningKey, hide_secret_from_traces};
pub(crate) use token_counter::TokenCounter;
