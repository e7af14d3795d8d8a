use platen_core::job::{JobSnapshot, JobStatus};
use platen_core::wire::JobRef;

use super::store::Changed;
use super::{ChangeError, Jobs};
use crate::telemetry::names;

/// Ends a queued or running job. A running provider call is dropped, so it costs nothing more.
///
/// # Errors
/// [`ChangeError`]; a job that has ended cannot be cancelled.
pub async fn cancel(jobs: &Jobs, job: JobRef) -> Result<JobSnapshot, ChangeError> {
    let JobRef { site, job_id } = job.clone();
    match jobs.store.cancel(job, jobs.now()).await? {
        Changed::To(after) => {
            jobs.stop_lost(&after.id).await;
            if after.status.is_final() {
                jobs.announce_end(&site, &after);
            } else {
                // A compensation is to be run first.
                jobs.wake.notify_one();
            }
            tracing::info!(
                { names::JOB_ID } = %after.id,
                { names::REQUEST_ID } = after.request_id,
                { names::SITE_ID } = %site,
                "a job was cancelled"
            );
            Ok(*after)
        }
        Changed::Not(job) => Err(ChangeError::NotAllowed { from: job.status, to: JobStatus::Cancelled }),
        Changed::NotFound => {
            // An erasure may have taken it away while it ran: nobody is to be asked about it any longer.
            jobs.stop_lost(&job_id).await;
            jobs.announce_gone(&site, &job_id);
            Err(ChangeError::NotFound)
        }
    }
}
