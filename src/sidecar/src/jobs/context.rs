//! What every use case works with.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{JobId, JobSnapshot, SiteId};
use platen_core::wire::JobRef;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::budget::RetryBudgets;
use super::ends::Ends;
use super::handlers::Fetcher;
use super::models::ModelTable;
use super::response_cache::ResponseCache;
use super::schedule::{self, Limits};
use super::store::{Fenced, JobStore, Lease, LoadedWorkflow, Policy, RetentionStore, WorkStore};
use super::wait::MAX_WAITERS;
use crate::config::{JobsSettings, RetentionConfig};
use crate::results::Arrivals;
use crate::sites::Sites;
use crate::streaming::{Relay, StreamEnd, StreamKey};
use crate::telemetry::{Metrics, names};

/// The job machine of this process.
pub struct Jobs {
    pub(super) store: Arc<dyn JobStore>,
    pub(super) work: Arc<dyn WorkStore>,
    pub(super) retention: Arc<dyn RetentionStore>,
    pub(super) sites: Arc<Sites>,
    pub(super) models: ModelTable,
    pub(super) fetcher: Fetcher,
    pub(super) workflows: HashMap<String, Arc<LoadedWorkflow>>,
    pub(super) responses: ResponseCache,
    pub(super) relay: Relay,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: JobsSettings,
    pub(super) keep: RetentionConfig,
    /// Wakes the worker: there may be work that is due.
    pub(super) wake: Arc<Notify>,
    /// Wakes the deliverer: there may be a delivery that is due.
    pub(super) deliver: Arc<Notify>,
    /// Wakes those who wait for a site's results.
    pub(super) arrivals: Arc<Arrivals>,
    pub(super) running: Running,
    pub(super) budgets: RetryBudgets,
    pub(super) policy: Policy,
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
    /// What takes old content away; the same database.
    pub retention: Arc<dyn RetentionStore>,
    /// Looks sites up.
    pub sites: Arc<Sites>,
    /// The names that sites may ask for.
    pub models: ModelTable,
    /// Reads pages for workflows.
    pub fetcher: Fetcher,
    /// The workflows that sites may ask for, by name.
    pub workflows: HashMap<String, Arc<LoadedWorkflow>>,
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
    /// `[retention]`
    pub keep: RetentionConfig,
    /// How many steps may run at the same time, of what.
    pub limits: Limits,
    /// Is notified when work may be due.
    pub wake: Arc<Notify>,
    /// Is notified when a delivery was queued.
    pub deliver: Arc<Notify>,
    /// Is told when a job of a site has ended.
    pub arrivals: Arc<Arrivals>,
}

impl Jobs {
    /// Puts the machine together. It does nothing until [`work`](super::work) runs.
    pub fn new(parts: JobsParts) -> Self {
        let JobsParts {
            store,
            work,
            retention,
            sites,
            models,
            fetcher,
            workflows,
            responses,
            relay,
            metrics,
            clock,
            settings,
            keep,
            limits,
            wake,
            deliver,
            arrivals,
        } = parts;
        let budgets = RetryBudgets::new(&settings);
        Self {
            store,
            work,
            retention,
            sites,
            models,
            fetcher,
            workflows,
            responses,
            relay,
            metrics,
            clock,
            settings,
            keep,
            wake,
            deliver,
            arrivals,
            running: Running::default(),
            ends: Ends::default(),
            waiters: Semaphore::new(MAX_WAITERS),
            budgets,
            policy: schedule::policy(limits),
        }
    }

    /// The names that sites may ask for, in alphabetical order.
    pub fn model_names(&self) -> Vec<String> {
        self.models.names()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Stops the attempts at this job that have lost their leases: the job has ended, or is on its way to. One
    /// that the store does not answer for finds out by itself when it renews its lease.
    pub(super) async fn stop_lost(&self, job_id: &JobId) {
        for (lease, token) in self.running.of(job_id) {
            let until = self.now().after(self.settings.lease);
            if let Ok(Fenced::Stale) = self.work.renew(lease, until).await {
                token.cancel();
            }
        }
    }

    /// Tells those who wait for a job or watch it that it is not there any more.
    pub(super) fn announce_gone(&self, site: &SiteId, job_id: &JobId) {
        self.relay.remove(&StreamKey { site: site.clone(), job: job_id.clone() });
        self.ends.announce(job_id);
    }

    /// Reads a job that has ended, and tells everyone in this process.
    pub(super) async fn announce_ended(&self, site: &SiteId, job_id: &JobId) {
        let job = JobRef { site: site.clone(), job_id: job_id.clone() };
        match self.store.snapshot(job).await {
            Ok(Some(job)) if job.status.is_final() => self.announce_end(site, &job),
            Ok(Some(_) | None) => {}
            // The webhook is in the database all the same; a stream's reader asks the store when it looks again.
            Err(error) => {
                tracing::error!({ names::ERROR } = error.report(), "an ended job could not be read");
            }
        }
    }

    /// Tells everyone in this process that a job has ended. Its end is durable.
    pub(super) fn announce_end(&self, site: &SiteId, job: &JobSnapshot) {
        let end = StreamEnd { status: job.status, usage: job.usage.clone(), error: job.error.clone() };
        self.relay.finish(&StreamKey { site: site.clone(), job: job.id.clone() }, end);
        self.ends.announce(&job.id);
        self.metrics.job_ended(job.status);
        self.deliver.notify_one();
        self.arrivals.announce(site);
    }
}

/// The attempts that run in this process, so that a cancellation reaches the provider call. A job may have
/// several: one of each step.
#[derive(Default)]
pub(super) struct Running(Mutex<HashMap<JobId, Vec<(Lease, CancellationToken)>>>);

impl Running {
    /// Lists an attempt until the guard is dropped.
    pub(super) fn enter(&self, lease: &Lease) -> RunningGuard<'_> {
        let token = CancellationToken::new();
        self.0.lock().entry(lease.job_id.clone()).or_default().push((lease.clone(), token.clone()));
        RunningGuard { running: self, lease: lease.clone(), cancelled: token }
    }

    /// The attempts of this job.
    fn of(&self, job_id: &JobId) -> Vec<(Lease, CancellationToken)> {
        self.0.lock().get(job_id).cloned().unwrap_or_default()
    }

    /// Tells the attempts of this job that they have lost their leases.
    pub(super) fn cancel(&self, job_id: &JobId) {
        if let Some(attempts) = self.0.lock().get(job_id) {
            for (_, token) in attempts {
                token.cancel();
            }
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
        if let Some(attempts) = listed.get_mut(&self.lease.job_id) {
            attempts.retain(|(lease, _)| *lease != self.lease);
            if attempts.is_empty() {
                listed.remove(&self.lease.job_id);
            }
        }
    }
}
