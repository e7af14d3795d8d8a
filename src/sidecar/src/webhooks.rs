//! Outgoing webhooks: one event per end of a job, delivered until the site took it.

pub mod store;

mod circuits;
mod flights;
mod message;
mod outbound;
mod send;

pub use circuits::InvalidCircuit;
pub use outbound::{Outbound, OutboundError, OutboundParts, run};
