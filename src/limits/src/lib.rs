#![doc = include_str!("../README.md")]

mod error;
mod guest;
mod header;
mod key;
mod mapping;
mod owner;
mod slots;
mod uptime;

pub use error::OpenError;
pub use guest::Guest;
pub use key::RateKey;
pub use owner::{Owned, Owner};
pub use uptime::uptime_micros;

/// Slots of a table: 2 MiB.
pub const SLOTS: usize = 131_072;

/// The name of the table beside a socket: `platend.sock` has `platend.limits`.
pub fn beside(socket: &std::path::Path) -> std::path::PathBuf {
    socket.with_extension("limits")
}
