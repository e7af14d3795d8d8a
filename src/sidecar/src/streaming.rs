//! Answers on their way to browsers: the hub that running jobs write into, and the rules by which a
//! connection that was lost goes on.
//!
//! A job's text stands once in memory; every subscriber is a position in it. A slow browser therefore costs
//! nothing, and there is no queue that could fill.

pub mod store;

mod admission;
mod event_id;
mod follow;
mod mirror;
mod relay;
mod resume;

pub use admission::{AdmitError, Streams, admit};
pub use event_id::{EventId, ParseEventIdError};
pub use follow::Follower;
pub(crate) use mirror::mirror;
pub use relay::{Relay, RelayWriter, StreamKey, Subscription};
pub use resume::{StreamEnd, StreamEvent};
