//! The job machine: a job that was accepted ends exactly once, whatever happens to this process.
//!
//! A use case is a function with [`Jobs`] first. The edges (`ipc`, `http`) call these and nothing below them.
//! What was acknowledged is on the disk; what is in memory (running calls, streams) can be lost at any
//! moment without losing a job, because a job that is found `running` without its worker is queued again.

pub mod event;
pub mod graph;
pub mod handlers;
pub mod models;
pub mod response_cache;
pub mod schedule;
pub mod schedules;
pub mod store;

mod accepted;
mod batch;
mod budget;
mod cancel;
mod context;
mod ends;
mod hear;
mod recorder;
mod replay;
mod retry;
mod runner;
mod status;
mod submit;
mod sweep;
mod usage;
mod wait;
mod worker;
pub mod workflows;

pub use accepted::{Accepted, Backlog, accepted, keep as keep_accepted};
pub use batch::{BatchError, submit_many};
pub use cancel::cancel;
pub use context::{Jobs, JobsParts};
pub use hear::hear;
pub use replay::replay;
pub use status::{LookupError, counts, probe, snapshot, trace};
pub use submit::{SubmitError, submit};
pub use sweep::{recover, sweep};
pub use wait::{MAX_WAITERS, WaitError, wait};
pub use worker::work;

use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use thiserror::Error;

use crate::storage::StoreError;

/// A job's status could not be changed.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// The site has no such job.
    #[error("the site has no job with this id")]
    NotFound,
    /// The job's life does not have this change.
    #[error("a {from} job cannot become {to}")]
    NotAllowed {
        /// Where it stands.
        from: JobStatus,
        /// Where it was to go.
        to: JobStatus,
    },
    /// The database failed.
    #[error("the change could not be kept")]
    Store(#[from] StoreError),
}

impl ChangeError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::JobNotFound,
            Self::NotAllowed { from: _, to: _ } => ErrorCode::InvalidTransition,
            Self::Store(error) => error.code(),
        }
    }
}
