//! Trimming a conversation to a model's budget, without knowing how its messages are represented.

mod budget;
mod cost;
mod trim;

pub use budget::TokenBudget;
pub use cost::{HistoryRole, MessageCost};
pub use trim::{TrimError, TrimOptions, TrimReport, trim, trim_with};
