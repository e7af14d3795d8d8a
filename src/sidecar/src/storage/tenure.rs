//! The right to serve from a database.

use std::fs::File;
use std::sync::Arc;

use platen_core::wire::JobRef;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::postgres::Owned;
use super::sql::connection::News;

/// The right of this process to serve, until the last clone is dropped. One process has it per file of SQLite, and
/// per name of a daemon in PostgreSQL: two with the same would take each other's running jobs for orphans.
#[derive(Clone)]
pub struct Tenure(Kind);

#[derive(Clone)]
enum Kind {
    File { _lock: Option<Arc<File>> },
    Name(Owned),
}

/// News of jobs that wait to be read. Whoever is further behind learns that it has missed some.
const MAX_NEWS: usize = 1024;

/// What another process has done to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobNews {
    /// Its attempt has begun, has more text, or was given up.
    Moved(JobRef),
    /// It has ended, or is gone.
    Ended(JobRef),
    /// Word was missed: it may be any of it, about any job.
    Missed,
}

/// Who is woken when another process has made something to do, or to tell.
#[derive(Clone, Debug)]
pub struct Wakes {
    /// There may be work that is due.
    pub work: Arc<Notify>,
    /// There may be a delivery that is due.
    pub deliveries: Arc<Notify>,
    /// Something happened to a job.
    pub jobs: broadcast::Sender<JobNews>,
}

impl Default for Wakes {
    fn default() -> Self {
        Self { work: Arc::default(), deliveries: Arc::default(), jobs: broadcast::Sender::new(MAX_NEWS) }
    }
}

impl Wakes {
    /// Nobody knows what was said: there may be anything.
    pub(super) fn wake_all(&self) {
        self.wake(News::ALL);
        self.tell(JobNews::Missed);
    }

    pub(super) fn tell(&self, news: JobNews) {
        // Nobody may be listening.
        let _ = self.jobs.send(news);
    }

    pub(super) fn wake(&self, news: News) {
        if news.has(News::WORK) {
            self.work.notify_one();
        }
        if news.has(News::DELIVERIES) {
            self.deliveries.notify_one();
        }
    }
}

impl Tenure {
    pub(super) fn of_file(lock: Option<File>) -> Self {
        Self(Kind::File { _lock: lock.map(Arc::new) })
    }

    pub(super) fn of_name(owned: Owned) -> Self {
        Self(Kind::Name(owned))
    }

    /// Passes on what other daemons announce until `draining` fires.
    pub async fn hear(&self, wakes: Wakes, draining: CancellationToken) {
        match &self.0 {
            Kind::File { _lock } => draining.cancelled().await,
            Kind::Name(owned) => owned.hear(&wakes, &draining).await,
        }
    }
}
