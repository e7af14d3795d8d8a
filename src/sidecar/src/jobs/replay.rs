use platen_core::job::{JobSnapshot, JobStatus};
use platen_core::wire::JobRef;

use super::store::Changed;
use super::{ChangeError, Jobs};
use crate::telemetry::names;

/// Gives a dead job a new life: all attempts and its deadline begin again.
///
/// # Errors
/// [`ChangeError`]; only a dead job can be replayed.
pub async fn replay(jobs: &Jobs, job: JobRef) -> Result<JobSnapshot, ChangeError> {
    let site = job.site.clone();
    match jobs.store.replay(job, jobs.now()).await? {
        Changed::To(after) => {
            jobs.wake.notify_one();
            tracing::info!(
                { names::JOB_ID } = %after.id,
                { names::REQUEST_ID } = after.request_id,
                { names::SITE_ID } = %site,
                "a dead job was replayed"
            );
            Ok(*after)
        }
        Changed::Not(job) => Err(ChangeError::NotAllowed { from: job.status, to: JobStatus::Queued }),
        Changed::NotFound => Err(ChangeError::NotFound),
    }
}
