//! Counting tokens: exactly for OpenAI's models, by a documented estimate for the others.
//!
//! A text is split into pieces by the encoding's pre-tokenizer (`automaton`), a piece that is a token is looked
//! up (`vocabulary`), and one that is not is merged from its bytes (`merge`). All tables are made by `build.rs`
//! and read in place.

mod automaton;
mod count;
mod encoding;
mod layout;
mod merge;
mod model_map;
mod tables;
mod vocabulary;

pub use count::{
    MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMING_TOKENS, TokenCount, count, count_conversation, count_message,
};
pub use encoding::Encoding;
pub use model_map::{ModelInfo, model_info};

#[cfg(test)]
mod tests;
