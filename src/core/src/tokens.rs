//! Counting tokens: exactly for OpenAI's models, by a calibrated estimate for the others.
//!
//! A text is split into pieces as the encoding's pre-tokenizer says (`pieces`), and the tokens of a piece are found
//! in the vocabulary (`merge`, `dictionary`) or, to count them, remembered (`piece_cache`). All tables are made by
//! `build.rs` and read in place.

mod ascii;
mod count;
mod counter;
mod cut;
mod dictionary;
mod encoding;
mod estimate;
mod families;
mod image;
mod kinds;
mod layout;
mod merge;
mod model_map;
mod piece_cache;
mod pieces;
mod preload;
mod script;
mod tables;
mod text_cache;

pub use count::{
    MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMING_TOKENS, TokenCount, count, count_conversation, count_message,
};
pub use counter::TokenCounter;
pub use cut::{CutFrom, MIN_PART_TOKENS, SplitError, split, truncate};
pub use encoding::{Encoding, UnknownToken};
pub use estimate::Estimate;
pub use image::{ImageDetail, image_tokens};
pub use model_map::{ModelInfo, model_info};
pub use piece_cache::held_bytes;

#[cfg(test)]
mod tests;
