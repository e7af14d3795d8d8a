//! What the sites were promised: the jobs that they hold a receipt for.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use platen_core::job::{JobId, SiteId};
use tokio::sync::watch;

/// A job that the daemon gave a receipt for.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) number: u64,
    pub(crate) site: SiteId,
    pub(crate) id: JobId,
}

/// The promises, and how they came about.
pub(crate) struct Ledger {
    jobs: Mutex<Vec<Accepted>>,
    accepted: watch::Sender<u64>,
    refused: watch::Sender<u64>,
    broken: AtomicU64,
    repeated: AtomicU64,
    cancelled: AtomicU64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            jobs: Mutex::default(),
            accepted: watch::Sender::new(0),
            refused: watch::Sender::new(0),
            broken: AtomicU64::default(),
            repeated: AtomicU64::default(),
            cancelled: AtomicU64::default(),
        }
    }
}

impl Ledger {
    pub(crate) fn accept(&self, job: Accepted) {
        self.jobs.lock().push(job);
        self.accepted.send_modify(|count| *count += 1);
    }

    /// The store took no jobs.
    pub(crate) fn refuse(&self) {
        self.refused.send_modify(|count| *count += 1);
    }

    /// A connection broke, and its job has to be handed over again.
    pub(crate) fn broke(&self) {
        self.broken.fetch_add(1, Ordering::Relaxed);
    }

    /// A job with a receipt was handed over again.
    pub(crate) fn repeat(&self) {
        self.repeated.fetch_add(1, Ordering::Relaxed);
    }

    /// The daemon was asked to cancel a job.
    pub(crate) fn cancel(&self) {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn jobs(&self) -> Vec<Accepted> {
        self.jobs.lock().clone()
    }

    pub(crate) fn accepted(&self) -> watch::Receiver<u64> {
        self.accepted.subscribe()
    }

    pub(crate) fn refused(&self) -> watch::Receiver<u64> {
        self.refused.subscribe()
    }

    /// Connections that broke, jobs handed over again, cancellations asked for.
    pub(crate) fn troubles(&self) -> (u64, u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.broken), read(&self.repeated), read(&self.cancelled))
    }
}
