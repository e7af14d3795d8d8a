//! One PostgreSQL database, which several daemons may share.
//!
//! Changes that come while a transaction (read committed) is made are made together in the next one; each by itself
//! when they do not hold together, and again when PostgreSQL ends one because of others. Whoever changes a job or its
//! steps holds the lock of the job's row first (`sql::locks`); the heads of lanes are taken past rows that others hold.
//! Each query sees one moment (repeatable read). The connections belong to threads that block, never to the runtime's.

mod address;
mod bulletin;
mod client;
mod dialect;
mod error;
mod handle;
mod owner;
mod pool;
mod session;
mod tls;
mod writers;

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Timestamp;
use thiserror::Error;

use self::client::Client;
use self::handle::Handle;
use self::owner::Announcer;
use self::pool::Pool;
use super::change::Changes;
use super::sql::connection::{Connection, Sql, SqlError};
use super::sql::migrate::{self, MigrateError, Migration, migrations};
use super::{Line, StoreError};
pub(super) use address::Address;
pub use address::AddressError;
pub(super) use error::PostgresError;
pub(super) use owner::Owned;
pub use owner::OwnerError;

/// Changes of one line that share a transaction. Bounds how long the first of them waits for the last.
const TOGETHER: usize = 64;

/// Connections for changes that go alone.
const ALONE: usize = 2;

/// Queries at the same time; more wait.
const READERS: usize = 4;

const MIGRATIONS: &[Migration] = migrations!("postgres");

/// The database. A clone is another handle to it.
#[derive(Clone)]
pub(super) struct Database {
    address: Address,
    submits: Changes,
    lives: Changes,
    alone: Changes,
    readers: Pool,
    announcer: Arc<Announcer>,
}

/// The database cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The server cannot be reached, or refuses.
    #[error("the database {0} cannot be opened")]
    Connect(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The tables cannot be brought to this version's form.
    #[error("the database cannot be migrated")]
    Migrate(#[from] MigrateError),
}

impl Database {
    /// Applies the migrations that the database lacks.
    pub(super) fn open(address: Address, now: Timestamp) -> Result<Self, OpenError> {
        // The client has a runtime of its own, which may not begin on a thread of another one.
        let place = address.clone();
        let migrated = std::thread::spawn(move || migrate(&place, now)).join();
        migrated.unwrap_or_else(|_| Err(refused(&address)(PostgresError::silent().into())))?;
        let announcer = Arc::new(Announcer::default());
        Ok(Self {
            submits: writers::start(&address, &announcer, 1, TOGETHER),
            lives: writers::start(&address, &announcer, 1, TOGETHER),
            alone: writers::start(&address, &announcer, ALONE, 1),
            readers: Pool::start(&address, &announcer, READERS),
            announcer,
            address,
        })
    }

    /// Takes the name of a daemon, for as long as the answer lives.
    pub(super) async fn own(&self, owner: &str, drain_deadline: Duration) -> Result<Owned, OwnerError> {
        Owned::take(self.address.clone(), Arc::clone(&self.announcer), owner, drain_deadline).await
    }

    pub(super) async fn write<T, F>(&self, line: Line, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let changes = match line {
            Line::Submits => &self.submits,
            Line::Lives => &self.lives,
            Line::Alone => &self.alone,
        };
        changes.write(what, change).await
    }

    pub(super) async fn read<T, F>(&self, what: &'static str, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.run(move |session| session.query(what, query)).await
    }
}

/// One process at a time: the others wait, and find nothing left to do.
fn migrate(address: &Address, now: Timestamp) -> Result<(), OpenError> {
    let handle = Handle::new(Client::connect(address).map_err(refused(address))?);
    let lock = "SELECT pg_advisory_lock(hashtextextended('platen migrations', 0))";
    handle.batch(lock).map_err(refused(address))?;
    migrate::migrate(&handle, MIGRATIONS, "BEGIN", now)?;
    Ok(())
}

fn refused(address: &Address) -> impl FnOnce(SqlError) -> OpenError {
    let place = address.to_string();
    move |source| OpenError::Connect(place, Box::new(source))
}
