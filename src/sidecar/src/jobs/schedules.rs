//! Jobs that begin by the clock.
//!
//! A tick's job has an id and a key of its own, made from the schedule's name and the tick: whoever submits it, and
//! however often, it is one job. So nothing has to be remembered exactly, and a crash between the submission and the
//! note that it was made repeats nothing.

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::cron::{due, tick_job_id, tick_key};
use platen_core::job::{JobSpec, Work};
use platen_core::wire::Submit;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Jobs, submit};
use crate::config::Schedule;
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;

/// The longest sleep: a clock that was set is noticed within it.
const MAX_SLEEP: Duration = Duration::from_secs(30);

/// How long to leave alone what failed.
const RETRY: Duration = Duration::from_secs(5);

/// Keeps how far schedules are. Every method is one transaction.
pub trait ScheduleStore: Send + Sync {
    /// The last tick of the schedule; a schedule that is seen for the first time begins now.
    fn last_tick(&self, name: String, now: Timestamp) -> StoreFuture<'_, Timestamp>;

    /// Notes that this tick is done with. An earlier one changes nothing.
    fn ticked(&self, name: String, tick: Timestamp) -> StoreFuture<'_, ()>;
}

/// Submits the jobs of all schedules as their times come, until the daemon drains.
pub async fn tick(
    jobs: Arc<Jobs>,
    store: Arc<dyn ScheduleStore>,
    schedules: Vec<Schedule>,
    draining: CancellationToken,
) {
    if schedules.is_empty() {
        return draining.cancelled().await;
    }
    loop {
        let mut wait = MAX_SLEEP;
        for schedule in &schedules {
            match run_due(&jobs, &*store, schedule).await {
                Ok(next) => wait = wait.min(next),
                Err(error) => {
                    tracing::error!(
                        schedule = schedule.name,
                        { names::ERROR } = error.report(),
                        "a schedule could not be read and is tried again"
                    );
                    wait = wait.min(RETRY);
                }
            }
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = sleep(wait) => {}
        }
    }
}

/// Submits what is due; gives the time until the next tick.
async fn run_due(
    jobs: &Jobs,
    store: &dyn ScheduleStore,
    schedule: &Schedule,
) -> Result<Duration, StoreError> {
    let now = jobs.now();
    let last = store.last_tick(schedule.name.clone(), now).await?;
    for tick in due(&schedule.cron, &schedule.zone, last, now, schedule.catch_up) {
        match submit(jobs, job(schedule, tick)).await {
            Ok(receipt) => tracing::info!(
                schedule = schedule.name,
                { names::JOB_ID } = %receipt.job_id,
                tick = %tick,
                "a schedule's job was submitted"
            ),
            Err(super::SubmitError::Store(error)) => return Err(error),
            // It fails again in the same way; the next tick may find another configuration.
            Err(error) => tracing::error!(
                schedule = schedule.name,
                { names::ERROR_CODE } = error.code().as_str(),
                { names::ERROR } = %error,
                "a schedule's job was refused and is passed over"
            ),
        }
        store.ticked(schedule.name.clone(), tick).await?;
    }
    let next = schedule.cron.next(now, &schedule.zone);
    Ok(next.map_or(MAX_SLEEP, |next| next.since(now).max(Duration::from_millis(10))))
}

fn job(schedule: &Schedule, tick: Timestamp) -> Submit {
    let id = tick_job_id(&schedule.site, &schedule.name, tick);
    let job = JobSpec {
        idempotency_key: tick_key(&schedule.name, tick),
        request_id: id.to_string(),
        id,
        traceparent: None,
        prompt_hash: None,
        subject: None,
        conversation: None,
        priority: schedule.priority,
        run_at: None,
        deadline_ms: None,
        created_at: tick,
        work: Work::Workflow(schedule.run.clone()),
    };
    Submit { site: schedule.site.clone(), job }
}
