//! Outgoing webhooks: one event per end of a job, delivered until the site took it.

pub mod store;

mod flights;
mod outbound;
mod send;

pub use outbound::{Outbound, OutboundError, OutboundParts, run};
