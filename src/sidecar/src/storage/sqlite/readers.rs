//! Connections that only read. They see the last commit and never wait for the writer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use super::handle::Handle;
use super::open;
use crate::storage::StoreError;
use crate::storage::sql::connection::{Connection, SqlError};
use crate::storage::sql::failed;

/// Reads at the same time; more wait. Each holds a connection with its cache.
const MAX_READERS: usize = 4;

/// Connections, opened when first needed.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Handle>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(MAX_READERS)) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
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
        let handle = match idle {
            Some(handle) => handle,
            None => open::reader(&readers.path).map(Handle).map_err(SqlError::from).map_err(failed(what))?,
        };
        let outcome = in_snapshot(&handle, what, query);
        readers.idle.lock().push(handle);
        drop(permit);
        outcome
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)?
}

/// One transaction around all statements of a query, so that they see the same moment.
fn in_snapshot<T>(
    handle: &Handle,
    what: &'static str,
    query: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = handle.0.unchecked_transaction().map_err(SqlError::from).map_err(failed(what))?;
    let outcome = query(handle);
    // Nothing was changed: the end of the transaction only lets go of its moment.
    drop(transaction);
    outcome
}
