//! Outgoing webhooks: one event per end of a job, delivered until the site took it.

pub mod store;
