//! What the proofs over the built daemon share: its processes, a client of its socket, jobs, sites that take
//! webhooks and misbehave, a small disk, and the books that are compared at the end.
//!
//! The proofs are the binaries: `crash` breaks everything around the queue, `fairness` measures who gets a turn.

pub mod daemon;
pub mod disk;
pub mod faults;
pub mod jobs;
pub mod provider;
pub mod receiver;
pub mod scratch;
pub mod socket;
