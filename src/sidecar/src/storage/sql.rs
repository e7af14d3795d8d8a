//! The store traits, once: their statements and what happens between them, over whichever engine keeps the rows.

mod attempts;
mod branches;
mod budgets;
pub(super) mod connection;
mod dead;
mod deliveries;
mod delivery_log;
mod end;
mod endpoints;
mod graph;
mod hops;
mod jobs;
mod lease;
pub(super) mod migrate;
mod overview;
mod replay;
mod results;
mod retention;
mod row;
mod schedules;
mod sites;
mod steps;
mod submit;
mod tokens;
mod work;

use std::path::Path;

use platen_core::clock::Timestamp;

use self::connection::{Connection, SqlError};
use super::sqlite::{Database, OpenError};
use super::{StoreError, sqlite};
pub use migrate::MigrateError;

/// The database. A clone is another handle to it.
#[derive(Clone)]
pub struct Store {
    database: Database,
}

impl Store {
    /// Whether the directory holds a database.
    pub fn is_in(state_dir: &Path) -> bool {
        state_dir.join(sqlite::FILE_NAME).exists()
    }

    /// Opens the database in this directory, makes both if need be, and applies the migrations that it lacks.
    ///
    /// # Errors
    /// [`OpenError`] when the directory, the file or a migration fails.
    pub fn open(state_dir: &Path, now: Timestamp) -> Result<Self, OpenError> {
        Ok(Self { database: Database::open(state_dir, now)? })
    }

    /// Makes a change in one transaction. It is durable when this returns; on an error nothing of it is. The
    /// change may be made more than once, until a transaction holds.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.database.write(what, change).await
    }

    /// Makes a query that sees one moment.
    pub(super) async fn read<T, F>(&self, what: &'static str, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.database.read(what, query).await
    }

    /// See [`RetentionStore::shrink`](crate::jobs::store::RetentionStore::shrink).
    async fn shrink_file(&self, pages: u32) -> Result<bool, StoreError> {
        self.database.shrink(pages).await
    }
}

/// Gives a failed statement the name of what was attempted.
pub(super) fn failed(what: &'static str) -> impl FnOnce(SqlError) -> StoreError {
    move |source| StoreError::Unavailable(what, Box::new(source))
}

/// The statements that run for every job, and those that run when the daemon starts: none may look at every row.
#[cfg(test)]
pub(super) const QUEUE_STATEMENTS: [&str; 8] = [
    overview::WAITING_LANES,
    overview::RUNNING_LANES,
    lease::LATE_JOBS,
    lease::DUE_STEPS,
    lease::HEADS,
    work::NEXT_STEP,
    work::NEXT_DEADLINE,
    work::ORPHANS,
];
