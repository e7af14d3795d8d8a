//! The right to serve from a database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::postgres::{Owned, OwnerError};
use super::sql::connection::News;

/// Held by the process that serves from a state directory.
const LOCK_FILE: &str = "platend.lock";

/// The right of this process to serve, until it is dropped. One process has it per file of SQLite, and per name
/// of a daemon in PostgreSQL: two with the same would take each other's running jobs for orphans.
#[derive(Clone)]
pub struct Tenure(Kind);

#[derive(Clone)]
enum Kind {
    Directory { _lock: Arc<File> },
    Name(Owned),
}

/// Another process has the right, or nobody can tell.
#[derive(Debug, Error)]
pub enum TenureError {
    /// Another daemon serves from the same directory.
    #[error("another daemon uses the state directory {}", .0.display())]
    StateDirInUse(PathBuf),
    /// The lock file cannot be made.
    #[error("the lock file {} cannot be made", path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The name of the daemon cannot be had.
    #[error(transparent)]
    Owner(#[from] OwnerError),
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
    pub(super) fn of_directory(state_dir: &Path) -> Result<Self, TenureError> {
        let path = state_dir.join(LOCK_FILE);
        let failed = |source| TenureError::Lock { path: path.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Kind::Directory { _lock: Arc::new(file) })),
            Err(TryLockError::WouldBlock) => Err(TenureError::StateDirInUse(state_dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    pub(super) fn of_name(owned: Owned) -> Self {
        Self(Kind::Name(owned))
    }

    /// Passes on what other daemons announce until `draining` fires.
    pub async fn hear(&self, wakes: Wakes, draining: CancellationToken) {
        match &self.0 {
            Kind::Directory { _lock } => draining.cancelled().await,
            Kind::Name(owned) => owned.hear(&wakes, &draining).await,
        }
    }
}
