//! The one store, over the engine that the settings name.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use platen_core::clock::Timestamp;
use thiserror::Error;

use super::postgres::{self, Address, AddressError, OwnerError};
use super::sql::connection::Connection;
use super::sql::duty::Duty;
use super::tenure::Tenure;
use super::{StoreError, sqlite};
use crate::config::DatabaseConfig;

/// The database. A clone is another handle to it.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    duty: Duty,
}

/// Which changes follow each other, where an engine can make several at the same time. Those of one line may share a
/// transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// New jobs.
    Submits,
    /// What happens to jobs, and everything short.
    Lives,
    /// What may take long, or wait for another daemon: nothing waits for it but its caller.
    Alone,
}

#[derive(Clone)]
enum Engine {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

/// The database cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file cannot.
    #[error(transparent)]
    Sqlite(#[from] sqlite::OpenError),
    /// The address of the database cannot.
    #[error("the address of the database cannot be used")]
    Address(#[from] AddressError),
    /// The server's database cannot.
    #[error(transparent)]
    Postgres(#[from] postgres::OpenError),
}

impl Store {
    /// Opens the database that the settings name, and applies the migrations that it lacks. That of SQLite is a
    /// file in the state directory; both are made if need be.
    ///
    /// # Errors
    /// [`OpenError`] when the database cannot be reached, or a migration fails.
    pub fn open(settings: &DatabaseConfig, state_dir: &Path, now: Timestamp) -> Result<Self, OpenError> {
        let engine = match settings {
            DatabaseConfig::Sqlite => Engine::Sqlite(sqlite::Database::open(state_dir, now)?),
            DatabaseConfig::Postgres { url, ca_file } => {
                let address = Address::parse(url, ca_file.as_deref())?;
                Engine::Postgres(postgres::Database::open(address, now)?)
            }
        };
        Ok(Self { engine, duty: Duty::default() })
    }

    /// Where the database is, for people: a path, or a name and a host. Shows no password.
    ///
    /// # Errors
    /// [`OpenError::Address`] when the settings name no address that could be shown.
    pub fn place(settings: &DatabaseConfig, state_dir: &Path) -> Result<String, OpenError> {
        match settings {
            DatabaseConfig::Sqlite => Ok(state_dir.join(sqlite::FILE_NAME).display().to_string()),
            DatabaseConfig::Postgres { url, ca_file } => {
                Ok(format!("PostgreSQL, {}", Address::parse(url, ca_file.as_deref())?))
            }
        }
    }

    /// Whether there may be a database: the directory holds one, or a server has it.
    pub fn may_exist(settings: &DatabaseConfig, state_dir: &Path) -> bool {
        match settings {
            DatabaseConfig::Sqlite => state_dir.join(sqlite::FILE_NAME).exists(),
            DatabaseConfig::Postgres { .. } => true,
        }
    }

    /// Takes the right to serve from the database: that of a file is the lock on its directory, that of a server's
    /// database the name of the daemon. A daemon of this name that drains is waited for.
    ///
    /// # Errors
    /// [`OwnerError`] when another daemon has the name.
    pub async fn hold(
        &self,
        lock: Option<File>,
        owner: &str,
        drain_deadline: Duration,
    ) -> Result<Tenure, OwnerError> {
        match &self.engine {
            Engine::Sqlite(database) => Ok(Tenure::of_file(lock, database.path())),
            Engine::Postgres(database) => {
                let name = database.own(owner, drain_deadline).await?;
                self.duty.share(owner);
                Ok(Tenure::of_name(name))
            }
        }
    }

    pub(super) fn duty(&self) -> &Duty {
        &self.duty
    }

    /// Makes a change in one transaction. It is durable when this returns; on an error nothing of it is. The
    /// change may be made more than once, until a transaction holds.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.write_in(Line::Lives, what, change).await
    }

    /// The same in another line.
    pub(super) async fn write_in<T, F>(
        &self,
        line: Line,
        what: &'static str,
        change: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(database) => database.write(what, change).await,
            Engine::Postgres(database) => database.write(line, what, change).await,
        }
    }

    /// Makes a query that sees one moment.
    pub(super) async fn read<T, F>(&self, what: &'static str, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(database) => database.read(what, query).await,
            Engine::Postgres(database) => database.read(what, query).await,
        }
    }

    /// Gives unused pages back. PostgreSQL does so by itself.
    pub(super) async fn shrink_file(&self, pages: u32) -> Result<bool, StoreError> {
        match &self.engine {
            Engine::Sqlite(database) => database.shrink(pages).await,
            Engine::Postgres(_) => Ok(false),
        }
    }
}
