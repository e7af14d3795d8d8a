#![doc = include_str!("../README.md")]

mod error;
mod file;
mod flush;
mod index;
mod layout;
mod location;
mod lock;
mod open;
mod record;
mod tally;

pub use error::CacheError;
pub use file::{CacheFile, CacheStats};
pub use layout::{MAX_BYTES, MIN_BYTES};
pub use record::Cached;
