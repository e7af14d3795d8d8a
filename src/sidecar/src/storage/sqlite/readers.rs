//! Connections that only read. They see the last commit and never wait for the writer.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{connection, failed};
use crate::storage::StoreError;

/// Reads at the same time; more wait. Each holds a connection with its cache.
const MAX_READERS: usize = 4;

/// Connections, opened when first needed.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(MAX_READERS)) }
    }
}

/// Runs a query on a thread that may block.
pub(super) async fn read<T, F>(readers: Arc<Readers>, what: &'static str, query: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
{
    let permits = Arc::clone(&readers.permits);
    let permit = permits.acquire_owned().await.map_err(|_| StoreError::Stopped)?;
    let work = move || {
        let idle = readers.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::open_reader(&readers.path).map_err(failed(what))?,
        };
        let outcome = in_snapshot(&connection, what, query);
        readers.idle.lock().push(connection);
        drop(permit);
        outcome
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)?
}

/// One transaction around all statements of a query, so that they see the same moment.
fn in_snapshot<T>(
    connection: &Connection,
    what: &'static str,
    query: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.unchecked_transaction().map_err(failed(what))?;
    query(&transaction)
}
