#![doc = include_str!("../README.md")]

mod damage;
mod error;
mod file;
mod limits;
mod location;
mod open;
mod schema;

pub use error::CacheError;
pub use file::{CacheFile, CacheStats};
pub use limits::{InvalidLimits, Limits};
