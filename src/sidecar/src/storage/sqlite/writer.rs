//! The one writing thread, and its group commit.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::handle::Handle;
use crate::storage::StoreError;
use crate::storage::sql::connection::{Connection, Sql, SqlError, params};
use crate::storage::sql::failed;
use crate::telemetry::names;

/// Changes that wait. When it is full, callers wait: the disk sets the pace, and nothing is dropped.
const QUEUE_LENGTH: usize = 1024;

/// Changes in one transaction. Bounds how long the first of them waits for the last.
const MAX_BATCH: usize = 256;

/// Sends changes to the writing thread. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Change>,
}

/// Runs in the transaction and gives back what to do after the commit.
type Change = Box<dyn FnOnce(&Connection) -> Reply + Send>;

/// Tells the caller how it ended, once it is known whether the transaction was committed.
type Reply = Box<dyn FnOnce(Committed<'_>)>;

type Committed<'a> = Result<(), &'a Arc<NotKept>>;

impl Writer {
    pub(super) fn start(handle: Handle) -> Self {
        let (queue, changes) = mpsc::channel(QUEUE_LENGTH);
        std::thread::spawn(move || run(&handle, changes));
        Self { queue }
    }

    /// Makes a change in a transaction. It is on the disk when this returns; on an error nothing of it is.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let change: Change = Box::new(move |connection| {
            let outcome = in_savepoint(connection, what, change);
            Box::new(move |committed: Committed<'_>| {
                // Its own failure tells more than that of the commit.
                let outcome = outcome.and_then(|value| match committed {
                    Ok(()) => Ok(value),
                    Err(cause) => Err(StoreError::Unavailable(what, Box::new(Arc::clone(cause)))),
                });
                // The caller may have been dropped; the change stands all the same.
                let _ = sender.send(outcome);
            })
        });
        self.queue.send(change).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Unavailable(what, Box::new(NotBegun)))?
    }
}

/// The transaction could not begin: the database is locked, or the disk fails. The log has the cause.
#[derive(Debug, Error)]
#[error("no transaction could begin")]
struct NotBegun;

/// Why nothing of a batch was kept.
#[derive(Debug, Error)]
enum NotKept {
    /// The commit failed.
    #[error(transparent)]
    Commit(#[from] SqlError),
    /// A full disk or want of memory makes SQLite end a transaction by itself, in the middle of it.
    #[error("the failure of another change ended the transaction")]
    Ended,
}

fn run(handle: &Handle, mut changes: mpsc::Receiver<Change>) {
    while let Some(first) = changes.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            let Ok(next) = changes.try_recv() else { break };
            batch.push(next);
        }
        commit(handle, batch);
    }
}

fn commit(handle: &Handle, batch: Vec<Change>) {
    let mut replies = Vec::with_capacity(batch.len());
    if let Err(error) = handle.batch("BEGIN IMMEDIATE") {
        // Dropping the changes tells each caller `NotBegun`.
        tracing::error!({ names::ERROR } = %error, changes = batch.len(), "no transaction could begin");
        return;
    }
    for change in batch {
        replies.push(change(handle));
        // A change after that would be kept alone, while its caller is told the opposite.
        if handle.0.is_autocommit() {
            break;
        }
    }
    let outcome = end(handle).map_err(Arc::new);
    for reply in replies {
        reply(outcome.as_ref().copied());
    }
}

fn end(handle: &Handle) -> Result<(), NotKept> {
    if handle.0.is_autocommit() {
        return Err(NotKept::Ended);
    }
    handle.batch("COMMIT").map_err(|error| {
        // A commit that failed may leave the transaction open; the next batch must begin with none.
        if !handle.0.is_autocommit()
            && let Err(rollback) = handle.batch("ROLLBACK")
        {
            tracing::error!({ names::ERROR } = %rollback, "a transaction could not be rolled back");
        }
        error.into()
    })
}

/// Keeps the changes of one caller apart from those of the others in its batch.
fn in_savepoint<T>(
    connection: &Connection,
    what: &'static str,
    change: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let execute = |statement: &str| connection.execute(statement, params![]).map(drop).map_err(failed(what));
    execute("SAVEPOINT change")?;
    match change(connection) {
        Ok(value) => {
            execute("RELEASE change")?;
            Ok(value)
        }
        Err(error) => {
            // When that fails, half a change must not be kept with those of the others: then none is.
            if execute("ROLLBACK TO change").and_then(|()| execute("RELEASE change")).is_err() {
                let _ = connection.batch("ROLLBACK");
            }
            Err(error)
        }
    }
}
