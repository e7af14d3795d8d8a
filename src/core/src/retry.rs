//! When to try again.

mod backoff;

pub use backoff::{Backoff, InvalidBackoff};
