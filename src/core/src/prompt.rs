//! The name of a prompt: equal prompts, however they were written down, have the same hash.

mod canonical;
mod hash;
mod number;
mod tag;

pub use canonical::canonical;
pub use hash::{ParsePromptHashError, PromptHash, hash};
pub use tag::{CacheTag, InvalidCacheTag};
