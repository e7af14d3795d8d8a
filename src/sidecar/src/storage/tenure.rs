//! The right to serve from a database.

use std::convert::Infallible;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use platen_core::wire::JobRef;
use tokio::sync::{Notify, broadcast};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::postgres::Owned;
use super::sql::connection::News;
use super::sqlite::Visitors;
use crate::telemetry::names;

/// How often those who share a server's database look by themselves: a daemon that was killed has told nobody what
/// it committed last, and whoever sends webhooks has to say that it lives.
const LOOK: Duration = Duration::from_secs(1);

/// Work is looked for once in so many looks.
const LOOKS_PER_WORK: u32 = 5;

/// The right of this process to serve, until the last clone is dropped. One process has it per file of SQLite, and
/// per name of a daemon in PostgreSQL: two with the same would take each other's running jobs for orphans.
#[derive(Clone)]
pub struct Tenure(Kind);

#[derive(Clone)]
enum Kind {
    File { _lock: Option<Arc<File>>, path: Arc<PathBuf> },
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
    pub(super) fn of_file(lock: Option<File>, path: &Path) -> Self {
        Self(Kind::File { _lock: lock.map(Arc::new), path: Arc::new(path.to_owned()) })
    }

    pub(super) fn of_name(owned: Owned) -> Self {
        Self(Kind::Name(owned))
    }

    /// Passes on what other processes make to do, until `draining` fires.
    pub async fn hear(&self, wakes: Wakes, draining: CancellationToken) {
        match &self.0 {
            Kind::File { _lock, path } => tokio::select! {
                () = draining.cancelled() => {}
                never = visits(path, &wakes) => match never {},
            },
            Kind::Name(owned) => tokio::select! {
                () = owned.hear(&wakes, &draining) => {}
                never = looks(&wakes) => match never {},
            },
        }
    }
}

/// Wakes all after each visit of another process to the file.
async fn visits(path: &Path, wakes: &Wakes) -> Infallible {
    let heard = async {
        let visitors = Visitors::of(path)?;
        loop {
            visitors.left().await?;
            wakes.wake_all();
        }
    };
    let Err::<Infallible, std::io::Error>(error) = heard.await;
    tracing::warn!(
        { names::ERROR } = %error,
        "the system does not tell of changes by other processes; platend looks for them"
    );
    looks(wakes).await
}

/// Wakes all from time to time.
async fn looks(wakes: &Wakes) -> Infallible {
    loop {
        for _ in 0..LOOKS_PER_WORK {
            sleep(LOOK).await;
            wakes.wake(News::DELIVERIES);
        }
        wakes.wake(News::WORK);
    }
}
