use platen_core::code::ErrorCode;
use platen_core::job::{JobSnapshot, JobStatus};
use platen_core::wire::{JobRef, Trace};
use thiserror::Error;

use super::Jobs;
use crate::storage::StoreError;

/// A job could not be looked up.
#[derive(Debug, Error)]
pub enum LookupError {
    /// The site has no such job.
    #[error("the site has no job with this id")]
    NotFound,
    /// The database failed.
    #[error("the job could not be read")]
    Store(#[from] StoreError),
}

impl LookupError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::JobNotFound,
            Self::Store(error) => error.code(),
        }
    }
}

/// The job as it stands, with its answer.
///
/// # Errors
/// [`LookupError`]
pub async fn snapshot(jobs: &Jobs, job: JobRef) -> Result<JobSnapshot, LookupError> {
    jobs.store.snapshot(job).await?.ok_or(LookupError::NotFound)
}

/// What happened to the job, oldest first.
///
/// # Errors
/// [`LookupError`]
pub async fn trace(jobs: &Jobs, job: JobRef) -> Result<Trace, LookupError> {
    jobs.store.trace(job).await?.ok_or(LookupError::NotFound)
}

/// How many jobs stand where, in the order of [`JobStatus::ALL`].
///
/// # Errors
/// [`StoreError`] when the database cannot be read.
pub async fn counts(jobs: &Jobs) -> Result<Vec<(JobStatus, u64)>, StoreError> {
    jobs.store.counts().await
}

/// Whether jobs can be accepted at all.
///
/// # Errors
/// [`StoreError`] when nothing durable can be written.
pub async fn probe(jobs: &Jobs) -> Result<(), StoreError> {
    jobs.store.probe().await
}
