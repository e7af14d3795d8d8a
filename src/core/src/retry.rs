//! When to try again.

mod after;
mod backoff;
mod budget;

pub use after::parse_retry_after;
pub use backoff::{Backoff, InvalidBackoff};
pub use budget::{InvalidBudget, RetryBudget};
