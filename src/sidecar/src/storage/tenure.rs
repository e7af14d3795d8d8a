//! The right to serve from a database.

use std::fs::File;
use std::sync::Arc;

use tokio::sync::Notify;
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

/// Who is woken when another daemon has made something to do.
#[derive(Clone, Debug, Default)]
pub struct Wakes {
    /// There may be work that is due.
    pub work: Arc<Notify>,
    /// There may be a delivery that is due.
    pub deliveries: Arc<Notify>,
}

impl Wakes {
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
