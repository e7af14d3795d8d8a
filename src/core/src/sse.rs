//! Server-sent events (WHATWG HTML §9.2), read from providers and written to browsers.
//!
//! Both directions are pure: bytes in, events out. How the bytes were cut on their way makes no difference.

mod encode;
mod parse;

pub use encode::{encode_comment, encode_event, encode_retry};
pub use parse::{EventTooLarge, Parser};

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The event's name; `None` stands for the default, `message`.
    pub name: Option<String>,
    /// The id of this event or, when it has none, of the last one that had one.
    pub id: Option<String>,
    /// The data, its lines joined with `\n`.
    pub data: String,
}
