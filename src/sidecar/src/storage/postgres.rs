//! One PostgreSQL database, which several daemons may share.
//!
//! Each change is a transaction of its own (read committed) on one of a few connections, and is made again when
//! PostgreSQL ends it because of others. Whoever changes a job or its steps holds the lock of the job's row first
//! (`sql::locks`); the heads of lanes are taken past rows that others hold. Each query sees one moment (repeatable
//! read). The connections belong to threads that block, never to the runtime's.

mod address;
mod bulletin;
mod dialect;
mod error;
mod handle;
mod owner;
mod pool;
mod session;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Timestamp;
use thiserror::Error;

use self::handle::Handle;
use self::owner::Announcer;
use self::pool::Pool;
use super::StoreError;
use super::sql::connection::{Connection, Sql, SqlError};
use super::sql::migrate::{self, MigrateError, Migration, migrations};
pub(super) use address::Address;
pub use address::AddressError;
pub(super) use error::PostgresError;
pub(super) use owner::Owned;
pub use owner::OwnerError;

/// Changes at the same time; more wait. One of them may wait for another daemon's lease of work.
const WRITERS: usize = 4;

/// Queries at the same time; more wait.
const READERS: usize = 4;

const MIGRATIONS: &[Migration] = migrations!("postgres");

/// The database. A clone is another handle to it.
#[derive(Clone)]
pub(super) struct Database {
    address: Address,
    writers: Pool,
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
            writers: Pool::start(&address, &announcer, WRITERS),
            readers: Pool::start(&address, &announcer, READERS),
            announcer,
            address,
        })
    }

    /// Takes the name of a daemon, for as long as the answer lives.
    pub(super) async fn own(&self, owner: &str, drain_deadline: Duration) -> Result<Owned, OwnerError> {
        Owned::take(self.address.clone(), Arc::clone(&self.announcer), owner, drain_deadline).await
    }

    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.writers.run(move |session| session.change(what, &change)).await
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
    let handle = Handle::new(address.connect().map_err(refused(address))?);
    let lock = "SELECT pg_advisory_lock(hashtextextended('platen migrations', 0))";
    handle.batch(lock).map_err(refused(address))?;
    migrate::migrate(&handle, MIGRATIONS, "BEGIN", now)?;
    Ok(())
}

fn refused(address: &Address) -> impl FnOnce(SqlError) -> OpenError {
    let place = address.to_string();
    move |source| OpenError::Connect(place, Box::new(source))
}
