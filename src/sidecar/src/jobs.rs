//! The job machine: a job that was accepted ends exactly once, whatever happens to this process.
//!
//! A use case is a function with [`Jobs`] first. The edges (`ipc`, `http`) call these and nothing below them.

pub mod event;
pub mod store;

mod cancel;
mod context;
mod replay;
mod retry;
mod runner;
mod status;
mod submit;
mod worker;

pub use context::{Jobs, JobsConfig, JobsParts};
pub use cancel::{ChangeError, cancel};
pub use replay::replay;
pub use status::{LookupError, snapshot, trace};
pub use submit::{SubmitError, submit};
pub use worker::Worker;
