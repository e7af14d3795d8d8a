use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::JobSnapshot;
use platen_core::limits::MAX_WAIT;
use platen_core::wire::{JobRef, WaitRequest};
use thiserror::Error;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Jobs, LookupError, snapshot};

/// Requests that may wait at the same time. Each holds a connection and a little memory.
pub const MAX_WAITERS: usize = 256;

/// Nothing can be told about a job's end.
#[derive(Debug, Error)]
pub enum WaitError {
    /// The time is out of its range.
    #[error("a wait is at most {} ms", MAX_WAIT.as_millis())]
    TooLong,
    /// Others wait already.
    #[error("{MAX_WAITERS} requests wait already")]
    Busy,
    /// The job could not be looked up.
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

impl WaitError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLong => ErrorCode::InvalidRequest,
            Self::Busy => ErrorCode::Busy,
            Self::Lookup(error) => error.code(),
        }
    }
}

/// The job when it has ended, or as it stands when the time is over or the daemon drains.
///
/// # Errors
/// [`WaitError`]
pub async fn wait(
    jobs: &Jobs,
    request: WaitRequest,
    draining: &CancellationToken,
) -> Result<JobSnapshot, WaitError> {
    let patience = Duration::from_millis(request.wait_ms);
    if patience > MAX_WAIT {
        return Err(WaitError::TooLong);
    }
    let _permit = jobs.waiters.try_acquire().map_err(|_| WaitError::Busy)?;
    let job = JobRef { site: request.site, job_id: request.job_id };
    let guard = jobs.ends.watch(&job.job_id);
    let deadline = Instant::now() + patience;
    loop {
        let mut ended = std::pin::pin!(guard.ended.notified());
        // Listed before the job is read: an end in between is seen by one of the two.
        ended.as_mut().enable();
        let seen = snapshot(jobs, job.clone()).await?;
        // Out of time is an answer too: the job as it stands.
        if seen.status.is_final() || Instant::now() >= deadline || draining.is_cancelled() {
            return Ok(seen);
        }
        tokio::select! {
            // Woken without an end: word from another process may have been lost.
            _ = timeout_at(deadline, ended) => {}
            () = draining.cancelled() => {}
        }
    }
}
