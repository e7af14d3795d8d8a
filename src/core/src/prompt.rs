//! The name of a prompt: equal prompts, however they were written down, have the same hash.

mod canonical;
mod hash;
mod number;
mod rules;
mod tag;

pub use canonical::canonical;
pub use hash::{ParsePromptHashError, PromptHash, hash, hash_by};
pub use rules::{Case, Rules, UnknownRule, VERSION, Whitespace};
pub use tag::{CacheTag, InvalidCacheTag};
