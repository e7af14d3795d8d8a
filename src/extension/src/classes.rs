//! The classes that PHP sees, apart from the exceptions.

mod signing_key;

pub(crate) use signing_key::{SigningKey, hide_secret_from_traces};
