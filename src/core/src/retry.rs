//! When to try again.

mod after;
mod backoff;

pub use after::parse_retry_after;
pub use backoff::{Backoff, InvalidBackoff};
