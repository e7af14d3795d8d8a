//! The one writing thread, and its group commit.

use std::error::Error as StdError;
use std::sync::Arc;

use thiserror::Error;

use super::handle::Handle;
use super::log_file::LogFile;
use crate::storage::change::{Change, Changes, Waiting};
use crate::storage::sql::connection::{Sql, SqlError, params};
use crate::telemetry::names;

/// Changes in one transaction. Bounds how long the first of them waits for the last.
const MAX_BATCH: usize = 256;

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

/// Starts the thread.
pub(super) fn start(handle: Handle, log: LogFile) -> Changes {
    let (changes, waiting) = Changes::new();
    std::thread::spawn(move || run(&handle, log, waiting));
    changes
}

fn run(handle: &Handle, mut log: LogFile, mut waiting: Waiting) {
    loop {
        let mut batch = waiting.gather(MAX_BATCH);
        if batch.is_empty() {
            return;
        }
        let committed = commit(handle, &mut batch)
            .map_err(|cause| -> Arc<dyn StdError + Send + Sync> { Arc::new(cause) });
        for change in batch {
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
