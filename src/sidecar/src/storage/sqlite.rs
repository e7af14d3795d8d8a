//! One SQLite file (WAL, `synchronous=FULL`) with one writer and a few readers.
//!
//! One change at a time is made, or several together in one transaction: many jobs share one `fsync`. A future that
//! is ready means that the change is on the disk. Other processes (`platend site add`) may write too; SQLite's lock
//! keeps them apart.

mod handle;
mod log_file;
mod open;
mod readers;
mod visitors;
mod writer;

use std::path::Path;
use std::sync::Arc;

use platen_core::clock::Timestamp;
use thiserror::Error;

use self::handle::Handle;
use self::log_file::LogFile;
use self::readers::Readers;
use self::writer::Writer;
use super::StoreError;
use super::sql::connection::{Connection, SqlError, params};
use super::sql::failed;
use super::sql::migrate::{self, MigrateError, Migration, migrations};

pub(super) use open::FILE_NAME;
pub(super) use visitors::Visitors;

const MIGRATIONS: &[Migration] = migrations!("sqlite");

/// The file. A clone is another handle to it.
#[derive(Clone)]
pub(super) struct Database {
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

impl Database {
    pub(super) fn open(state_dir: &Path, now: Timestamp) -> Result<Self, OpenError> {
        let handle = Handle(open::writer(state_dir)?);
        // Two processes that start at once wait for each other at each step.
        migrate::migrate(&handle, MIGRATIONS, "BEGIN IMMEDIATE", now)?;
        let path = state_dir.join(FILE_NAME);
        let log = LogFile::of(&path);
        Ok(Self { writer: Writer::start(handle, log), readers: Arc::new(Readers::new(path)) })
    }

    pub(super) fn path(&self) -> &Path {
        self.readers.path()
    }

    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.write(what, change).await
    }

    pub(super) async fn read<T, F>(&self, what: &'static str, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        readers::read(Arc::clone(&self.readers), what, query).await
    }

    /// Moves pages from the end of the file into free ones. Needs `auto_vacuum = INCREMENTAL`.
    pub(super) async fn shrink(&self, pages: u32) -> Result<bool, StoreError> {
        let what = "give unused pages back";
        self.write(what, move |connection| shrink(connection, pages).map_err(failed(what))).await
    }
}

fn shrink(connection: &Connection, pages: u32) -> Result<bool, SqlError> {
    let free = || connection.query_one("PRAGMA freelist_count", params![], |row| row.get::<i64>(0));
    if free()? == 0 {
        return Ok(false);
    }
    // The pragma frees one page per step.
    connection.each_row(&format!("PRAGMA incremental_vacuum({pages})"), params![], &mut |_| Ok(()))?;
    Ok(free()? > 0)
}

#[cfg(test)]
mod tests;
