//! Jobs that were acknowledged before they are durable, because their sender asked for that.
//!
//! They wait in a short queue in memory and are committed together, as fast as the disk takes them. A crash loses
//! what is in the queue, usually the last two milliseconds. While the store refuses, the queue fills, and then a sender
//! waits for a place; nothing is dropped before the daemon itself ends.

use std::time::Duration;

use platen_core::wire::Submit;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::store::{NewJob, Submitted};
use super::submit::Checked;
use super::{Jobs, SubmitError, submit};
use crate::storage::StoreError;
use crate::telemetry::names;

/// Jobs that may wait. With jobs of the largest size they take 64 MiB.
const QUEUE_LENGTH: usize = 256;

/// How long jobs gather before they are committed together. A commit takes a processor from those who hand over, so
/// there must not be one for each job.
const GATHERING: Duration = Duration::from_millis(1);

/// How long to leave a database alone that refused to keep jobs.
const STORE_RETRY: Duration = Duration::from_millis(200);

/// Puts jobs into the queue.
#[derive(Clone)]
pub struct Accepted(mpsc::Sender<Checked>);

/// The other end of the queue.
pub struct Backlog(mpsc::Receiver<Checked>);

/// A queue for jobs that were acknowledged early.
pub fn accepted() -> (Accepted, Backlog) {
    let (sender, receiver) = mpsc::channel(QUEUE_LENGTH);
    (Accepted(sender), Backlog(receiver))
}

impl Accepted {
    /// Takes a job into memory. When this returns, the job was checked and will be durable soon, unless the process
    /// dies before.
    ///
    /// # Errors
    /// [`SubmitError`]. A conflict with an earlier job is not known yet: the log tells it.
    pub async fn take(&self, jobs: &Jobs, request: Submit) -> Result<(), SubmitError> {
        let job = submit::check(jobs, request).await?;
        self.0.send(job).await.map_err(|_| SubmitError::Store(StoreError::Stopped))
    }
}

/// Makes accepted jobs durable until the daemon drains and the queue is empty.
pub async fn keep(jobs: &Jobs, backlog: Backlog, draining: CancellationToken, stopping: CancellationToken) {
    let Backlog(mut queue) = backlog;
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            // What was taken before is kept still; whoever comes now is refused.
            () = draining.cancelled(), if !queue.is_closed() => queue.close(),
            first = queue.recv() => match first {
                Some(first) => waiting.extend(prepare(jobs, first)),
                None => return,
            },
        }
        sleep(GATHERING).await;
        while let Ok(next) = queue.try_recv() {
            waiting.extend(prepare(jobs, next));
        }
        while !waiting.is_empty() {
            waiting = commit(jobs, waiting).await;
            if waiting.is_empty() {
                break;
            }
            tokio::select! {
                () = sleep(STORE_RETRY) => {}
                () = stopping.cancelled() => return lose(&waiting),
            }
        }
    }
}

/// Makes a job ready for the store, which its sender did not have to wait for.
fn prepare(jobs: &Jobs, job: Checked) -> Option<NewJob> {
    let prepared = job.prepare(jobs).inspect_err(|error| {
        tracing::error!({ names::ERROR } = %error, "an accepted job is not kept: it cannot be written down");
    });
    // Its sender has its answer already and will ask for this id: it cannot be told of another job.
    prepared.ok().map(|job| NewJob { same_input_window: Duration::ZERO, ..job })
}

/// Keeps these jobs; gives back those that have to wait for a better moment.
async fn commit(jobs: &Jobs, waiting: Vec<NewJob>) -> Vec<NewJob> {
    match jobs.store.submit(waiting.clone(), jobs.now()).await {
        Ok(outcomes) => {
            for (job, outcome) in waiting.iter().zip(outcomes) {
                match outcome {
                    Submitted::Kept(receipt) => {
                        submit::announce(jobs, &job.site, &job.spec.request_id, &receipt);
                    }
                    Submitted::Conflict { job_id } => tracing::warn!(
                        { names::JOB_ID } = %job.spec.id,
                        { names::REQUEST_ID } = job.spec.request_id,
                        { names::SITE_ID } = %job.site,
                        earlier = %job_id,
                        "an accepted job is not kept: its key or id belongs to other work"
                    ),
                }
            }
            Vec::new()
        }
        Err(error) => {
            let jobs = waiting.len();
            tracing::error!({ names::ERROR } = error.report(), jobs, "accepted jobs could not be kept yet");
            waiting
        }
    }
}

fn lose(waiting: &[NewJob]) {
    for job in waiting {
        tracing::error!(
            { names::JOB_ID } = %job.spec.id,
            { names::REQUEST_ID } = job.spec.request_id,
            { names::SITE_ID } = %job.site,
            "an accepted job is lost: the store refused it until the end"
        );
    }
}
