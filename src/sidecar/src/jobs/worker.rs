//! The loop that takes due jobs and starts their attempts.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tracing::Instrument;

use super::store::{LeaseRequest, Leased, LeasedJob};
use super::{Jobs, runner};
use crate::storage::StoreError;
use crate::supervisor::Supervisor;
use crate::telemetry::names;

/// Jobs taken in one transaction. More would only wait for their tasks to start.
const MAX_BATCH: usize = 64;

/// The longest sleep without a due job: bounds what a clock that was set can cost.
const MAX_SLEEP: Duration = Duration::from_secs(30);

/// How long to leave a database alone that cannot be read.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Takes jobs as they become due until the daemon drains. The attempts it has started go on by themselves.
pub async fn work(jobs: Arc<Jobs>, supervisor: Supervisor) {
    let slots = usize::try_from(jobs.settings.concurrency).unwrap_or(Semaphore::MAX_PERMITS);
    let slots = Arc::new(Semaphore::new(slots));
    let draining = supervisor.draining();
    loop {
        let permits = tokio::select! {
            () = draining.cancelled() => return,
            permits = take_slots(&slots) => permits,
        };
        // A notification that comes from here on is kept, so no job slips between the query and the wait.
        let wait = match start_due(&jobs, &supervisor, permits).await {
            Ok(0) => until_next(&jobs).await,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!({ names::ERROR } = error.report(), "due jobs could not be taken");
                STORE_RETRY
            }
        };
        tokio::select! {
            () = draining.cancelled() => return,
            () = jobs.wake.notified() => {}
            () = sleep(wait) => {}
        }
    }
}

/// Waits for one free slot and takes the others that are free with it.
async fn take_slots(slots: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
    let mut permits = Vec::new();
    // The semaphore is never closed; without a permit nothing is started.
    if let Ok(first) = Arc::clone(slots).acquire_owned().await {
        permits.push(first);
    }
    while permits.len() < MAX_BATCH {
        let Ok(next) = Arc::clone(slots).try_acquire_owned() else { break };
        permits.push(next);
    }
    permits
}

async fn start_due(
    jobs: &Arc<Jobs>,
    supervisor: &Supervisor,
    permits: Vec<OwnedSemaphorePermit>,
) -> Result<usize, StoreError> {
    let now = jobs.now();
    let request = LeaseRequest {
        now,
        until: now.after(jobs.settings.lease),
        slots: permits.len(),
        owner: jobs.settings.owner.clone(),
    };
    let Leased { jobs: leased, expired } = jobs.work.lease(request, Arc::clone(&jobs.policy)).await?;
    let count = leased.len().saturating_add(expired.len());
    for (site, job_id) in expired {
        tracing::error!({ names::JOB_ID } = %job_id, { names::SITE_ID } = %site,
            "a job is dead: its deadline passed while it waited");
        jobs.announce_ended(&site, &job_id).await;
    }
    for (job, permit) in leased.into_iter().zip(permits) {
        start(jobs, supervisor, job, permit);
    }
    Ok(count)
}

/// Tells the watchers of a job that ended while it waited.
fn start(jobs: &Arc<Jobs>, supervisor: &Supervisor, job: LeasedJob, permit: OwnedSemaphorePermit) {
    let span = tracing::info_span!(
        names::JOB_RUN,
        { names::JOB_ID } = %job.lease.job_id,
        { names::REQUEST_ID } = job.spec.request_id,
        { names::SITE_ID } = %job.site,
        { names::ATTEMPT } = job.lease.attempt,
    );
    let run = runner::run(Arc::clone(jobs), job, supervisor.stopping());
    let jobs = Arc::clone(jobs);
    supervisor.spawn("job", async move {
        run.instrument(span).await;
        drop(permit);
        // What waited because of a limit may have room now.
        jobs.wake.notify_one();
    });
}

async fn until_next(jobs: &Jobs) -> Duration {
    match jobs.work.next_due().await {
        // Never faster than this, should the clock and the database disagree about what is due.
        Ok(Some(due)) => due.since(jobs.now()).clamp(Duration::from_millis(5), MAX_SLEEP),
        Ok(None) => MAX_SLEEP,
        Err(_) => STORE_RETRY,
    }
}
