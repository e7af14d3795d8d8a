//! One SQLite file (WAL, `synchronous=FULL`) with one writer and a few readers.
//!
//! All writes of the process go through one thread that commits what has gathered in one transaction: many
//! jobs share one `fsync`, and a future that is ready means that the change is on the disk. Other processes
//! (`platend site add`) may write too; SQLite's lock keeps them apart.

mod attempts;
mod branches;
mod budgets;
mod connection;
mod dead;
mod deliveries;
mod delivery_log;
mod end;
mod endpoints;
mod graph;
mod hops;
mod jobs;
mod lease;
mod migrate;
mod overview;
mod readers;
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
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use self::readers::Readers;
use self::writer::Writer;
use super::StoreError;
pub use connection::FILE_NAME;
pub use migrate::MigrateError;

use platen_core::clock::Timestamp;
use thiserror::Error;

/// The database. A clone is another handle to the same file.
#[derive(Clone)]
pub struct SqliteStore {
    writer: Writer,
    readers: Arc<Readers>,
}

/// The database cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The directory or the file cannot be made or opened.
    #[error("the database {path} cannot be opened")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite refuses the file.
    #[error("the database {path} cannot be opened")]
    Sqlite {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The tables cannot be brought to this version's form.
    #[error("the database cannot be migrated")]
    Migrate(#[from] MigrateError),
}

impl SqliteStore {
    /// Opens the database in this directory, makes both if need be, and applies the migrations that it lacks.
    ///
    /// # Errors
    /// [`OpenError`] when the directory, the file or a migration fails.
    pub fn open(state_dir: &Path, now: Timestamp) -> Result<Self, OpenError> {
        let mut connection = connection::open(state_dir)?;
        migrate::migrate(&mut connection, now)?;
        Ok(Self {
            writer: Writer::start(connection),
            readers: Arc::new(Readers::new(state_dir.join(FILE_NAME))),
        })
    }

    async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.write(what, change).await
    }

    async fn read<T, F>(&self, what: &'static str, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        readers::read(Arc::clone(&self.readers), what, query).await
    }
}

/// Gives a failed statement the name of what was attempted.
fn failed(what: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |source| StoreError::Unavailable(what, Box::new(source))
}

#[cfg(test)]
mod tests;
