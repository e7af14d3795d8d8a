//! The one writing thread, and its group commit.

use std::error::Error as StdError;
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::mpsc;

use super::handle::Handle;
use super::log_file::LogFile;
use crate::storage::StoreError;
use crate::storage::change::{Change, asked};
use crate::storage::sql::connection::{Connection, Sql, SqlError, params};
use crate::telemetry::names;

/// Changes that wait. When it is full, callers wait: the disk sets the pace, and nothing is dropped.
const QUEUE_LENGTH: usize = 1024;

/// Changes in one transaction. Bounds how long the first of them waits for the last.
const MAX_BATCH: usize = 256;

/// Sends changes to the writing thread. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Change>>,
}

/// Why nothing of a batch was kept.
#[derive(Debug, Error)]
enum NotKept {
    /// The transaction could not begin or be committed.
    #[error(transparent)]
    Transaction(#[from] SqlError),
    /// A full disk or want of memory makes SQLite end a transaction by itself, in the middle of it.
    #[error("the failure of another change ended the transaction")]
    Ended,
}

impl Writer {
    pub(super) fn start(handle: Handle, log: LogFile) -> Self {
        let (queue, changes) = mpsc::channel(QUEUE_LENGTH);
        std::thread::spawn(move || run(&handle, log, changes));
        Self { queue }
    }

    /// Makes a change in a transaction. It is on the disk when this returns; on an error nothing of it is.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (change, answer) = asked(what, change);
        self.queue.send(change).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

fn run(handle: &Handle, mut log: LogFile, mut changes: mpsc::Receiver<Box<dyn Change>>) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while let Some(first) = changes.blocking_recv() {
        batch.push(first);
        while batch.len() < MAX_BATCH {
            let Ok(next) = changes.try_recv() else { break };
            batch.push(next);
        }
        let committed = commit(handle, &mut batch)
            .map_err(|cause| -> Arc<dyn StdError + Send + Sync> { Arc::new(cause) });
        for change in batch.drain(..) {
            change.answer(committed.as_ref().copied());
        }
        // Between two transactions, so that nobody waits for it who does not come right now.
        if log.is_short() {
            grow(handle, &mut log);
        }
    }
}

/// Other processes write too, so it is done under the lock.
fn grow(handle: &Handle, log: &mut LogFile) {
    if handle.batch("BEGIN IMMEDIATE").is_ok() {
        log.grow();
        roll_back(handle);
    }
}

/// Makes all changes in one transaction. Nearly always each can be made, so they are first made without the cost of
/// setting each apart; when one cannot, all are made anew, and that one takes none of the others with it.
fn commit(handle: &Handle, batch: &mut [Box<dyn Change>]) -> Result<(), NotKept> {
    begin(handle, batch.len())?;
    if !batch.iter_mut().all(|change| change.make(handle).is_ok()) {
        roll_back(handle);
        begin(handle, batch.len())?;
        let made = batch.iter_mut().try_for_each(|change| make_apart(handle, change.as_mut()));
        made.inspect_err(|_| roll_back(handle))?;
    }
    // A commit that failed may leave the transaction open; the next batch must begin with none.
    Ok(handle.batch("COMMIT").inspect_err(|_| roll_back(handle))?)
}

fn begin(handle: &Handle, changes: usize) -> Result<(), SqlError> {
    handle.batch("BEGIN IMMEDIATE").inspect_err(|error| {
        tracing::error!({ names::ERROR } = %error, changes, "no transaction could begin");
    })
}

/// A full disk ends a transaction by itself.
fn roll_back(handle: &Handle) {
    if !handle.0.is_autocommit()
        && let Err(error) = handle.batch("ROLLBACK")
    {
        tracing::error!({ names::ERROR } = %error, "a transaction could not be rolled back");
    }
}

/// Makes a change of which nothing is left when it fails. An error is one of the transaction: nothing of it holds.
fn make_apart(handle: &Handle, change: &mut dyn Change) -> Result<(), NotKept> {
    let execute = |statement: &str| handle.execute(statement, params![]);
    execute("SAVEPOINT change")?;
    if change.make(handle).is_err() {
        // A change after that would be kept alone, while its caller is told the opposite.
        if handle.0.is_autocommit() {
            return Err(NotKept::Ended);
        }
        execute("ROLLBACK TO change")?;
    }
    execute("RELEASE change")?;
    Ok(())
}
