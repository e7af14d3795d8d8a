//! What every use case works with.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{JobId, JobSnapshot, SiteId};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::ends::Ends;
use super::models::ModelTable;
use super::response_cache::ResponseCache;
use super::store::{JobStore, Lease, WorkStore};
use super::wait::MAX_WAITERS;
use crate::config::JobsSettings;
use crate::sites::Sites;
use crate::streaming::{Relay, StreamEnd, StreamKey};
use crate::telemetry::Metrics;

/// The job machine of this process.
pub struct Jobs {
    pub(super) store: Arc<dyn JobStore>,
    pub(super) work: Arc<dyn WorkStore>,
    pub(super) sites: Arc<Sites>,
    pub(super) models: ModelTable,
    pub(super) responses: ResponseCache,
    pub(super) relay: Relay,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: JobsSettings,
    /// Wakes the worker: there may be work that is due.
    pub(super) wake: Notify,
    /// Wakes the deliverer: there may be a delivery that is due.
    pub(super) deliver: Arc<Notify>,
    pub(super) running: Running,
    pub(super) ends: Ends,
    /// Places for those who wait for an end.
    pub(super) waiters: Semaphore,
}

/// The parts of [`Jobs`].
pub struct JobsParts {
    /// The side of clients.
    pub store: Arc<dyn JobStore>,
    /// The side of the worker; the same database.
    pub work: Arc<dyn WorkStore>,
    /// Looks sites up.
    pub sites: Arc<Sites>,
    /// The names that sites may ask for.
    pub models: ModelTable,
    /// Earlier answers.
    pub responses: ResponseCache,
    /// Carries text to those who watch.
    pub relay: Relay,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// `[jobs]`
    pub settings: JobsSettings,
    /// Is notified when a delivery was queued.
    pub deliver: Arc<Notify>,
}

impl Jobs {
    /// Puts the machine together. It does nothing until [`work`](super::work) runs.
    pub fn new(parts: JobsParts) -> Self {
        let JobsParts { store, work, sites, models, responses, relay, metrics, clock, settings, deliver } =
            parts;
        let (wake, running) = (Notify::new(), Running::default());
        let (ends, waiters) = (Ends::default(), Semaphore::new(MAX_WAITERS));
        Self {
            store,
            work,
            sites,
            models,
            responses,
            relay,
            metrics,
            clock,
            settings,
            wake,
            deliver,
            running,
            ends,
            waiters,
        }
    }

    /// The names that sites may ask for, in alphabetical order.
    pub fn model_names(&self) -> Vec<String> {
        self.models.names()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Tells everyone in this process that a job has ended. Its end is durable.
    pub(super) fn announce_end(&self, site: &SiteId, job: &JobSnapshot) {
        let end = StreamEnd { status: job.status, usage: job.usage.clone(), error: job.error.clone() };
        self.relay.finish(&StreamKey { site: site.clone(), job: job.id.clone() }, end);
        self.ends.announce(&job.id);
        self.metrics.job_ended(job.status);
        self.deliver.notify_one();
    }
}

/// The attempts that run in this process, so that a cancellation reaches the provider call.
#[derive(Default)]
pub(super) struct Running(Mutex<HashMap<JobId, (u32, CancellationToken)>>);

impl Running {
    /// Lists an attempt until the guard is dropped.
    pub(super) fn enter(&self, lease: &Lease) -> RunningGuard<'_> {
        let token = CancellationToken::new();
        self.0.lock().insert(lease.job_id.clone(), (lease.attempt, token.clone()));
        RunningGuard { running: self, lease: lease.clone(), cancelled: token }
    }

    /// Tells the attempt of this job, if one runs, that it has lost its lease.
    pub(super) fn cancel(&self, job_id: &JobId) {
        if let Some((_, token)) = self.0.lock().get(job_id) {
            token.cancel();
        }
    }
}

pub(super) struct RunningGuard<'a> {
    running: &'a Running,
    lease: Lease,
    pub(super) cancelled: CancellationToken,
}

impl Drop for RunningGuard<'_> {
    fn drop(&mut self) {
        let mut listed = self.running.0.lock();
        // A later attempt may have taken the place already.
        if listed.get(&self.lease.job_id).is_some_and(|(attempt, _)| *attempt == self.lease.attempt) {
            listed.remove(&self.lease.job_id);
        }
    }
}
