//! Writing: one at a time, and those who wait together.

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use platen_wal::CommitLog;
use thiserror::Error;
use tokio::runtime::{self, RuntimeFlavor};
use tokio::task;

use super::handle::Handle;
use super::log_file::LogFile;
use crate::storage::StoreError;
use crate::storage::change::{self, Change, Changes, Waiting};
use crate::storage::sql::connection::{Connection, Sql, SqlError, params};
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

/// Where changes are made. A caller who meets nobody makes its change itself, which spares it the way to another thread
/// and back; callers who meet leave theirs to the thread, and share a commit.
#[derive(Clone)]
pub(super) struct Writer {
    changes: Changes,
    desk: Arc<Desk>,
}

/// What one writes with.
struct Desk {
    seat: Mutex<Seat>,
    /// Whether the thread has changes to make, or had several at once the last time.
    is_busy: AtomicBool,
}

/// Whoever has it may write.
struct Seat {
    handle: Handle,
    commits: CommitLog,
    log: LogFile,
}

impl Writer {
    /// Starts the thread. It ends with the last clone.
    pub(super) fn start(handle: Handle, log: LogFile) -> Self {
        let (changes, waiting) = Changes::new();
        let commits = CommitLog::of(&handle.0);
        let seat = Mutex::new(Seat { handle, commits, log });
        let desk = Arc::new(Desk { seat, is_busy: AtomicBool::new(false) });
        let of_thread = Arc::clone(&desk);
        std::thread::spawn(move || run(&of_thread, waiting));
        Self { changes, desk }
    }

    /// Makes a change in a transaction. It is durable when this returns; on an error nothing of it is.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (change, answer) = change::asked(what, change);
        if let Some(change) = self.make_alone(change) {
            self.changes.add(change).await?;
        }
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// Makes a change unless somebody else writes or wants to, and gives it back then.
    fn make_alone(&self, change: Box<dyn Change>) -> Option<Box<dyn Change>> {
        if self.desk.is_busy.load(Ordering::Relaxed) || !self.changes.are_none() {
            return Some(change);
        }
        let Some(mut seat) = self.desk.seat.try_lock() else {
            // Whoever comes after this one waits behind it.
            self.desk.is_busy.store(true, Ordering::Relaxed);
            return Some(change);
        };
        in_place(|| seat.make(vec![change]));
        // Growing it takes longer than a caller should wait.
        if seat.log.is_short() {
            self.changes.wake();
        }
        None
    }
}

/// Lets the other tasks of this thread go to another one meanwhile.
fn in_place<T>(work: impl FnOnce() -> T) -> T {
    match runtime::Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => task::block_in_place(work),
        _ => work(),
    }
}

fn run(desk: &Desk, mut waiting: Waiting) {
    loop {
        let mut batch = waiting.gather(MAX_BATCH);
        if batch.is_empty() {
            return;
        }
        desk.is_busy.store(true, Ordering::Relaxed);
        let mut seat = desk.seat.lock();
        waiting.gather_more(&mut batch, MAX_BATCH);
        let is_alone = batch.len() == 1;
        seat.make(batch);
        desk.is_busy.store(!is_alone, Ordering::Relaxed);
        // Between two transactions, so that nobody waits for it who does not come right now.
        if seat.log.is_short() {
            seat.grow_log();
        }
    }
}

impl Seat {
    /// Makes changes in one transaction, and tells their callers how it ended.
    fn make(&mut self, mut batch: Vec<Box<dyn Change>>) {
        let committed = commit(&self.handle, &mut self.commits, &mut batch)
            .map_err(|cause| -> Arc<dyn StdError + Send + Sync> { Arc::new(cause) });
        for change in batch {
            change.answer(committed.as_ref().copied());
        }
    }

    /// Other processes write too, so it is done under the lock.
    fn grow_log(&mut self) {
        if self.handle.batch("BEGIN IMMEDIATE").is_ok() {
            self.log.grow();
            roll_back(&self.handle);
        }
    }
}

/// Makes all changes in one transaction. Nearly always each can be made, so they are first made without the cost of
/// setting each apart; when one cannot, all are made anew, and that one takes none of the others with it.
fn commit(handle: &Handle, commits: &mut CommitLog, batch: &mut [Box<dyn Change>]) -> Result<(), NotKept> {
    begin(handle, batch.len())?;
    if !batch.iter_mut().all(|change| change.make(handle).is_ok()) {
        roll_back(handle);
        begin(handle, batch.len())?;
        let made = batch.iter_mut().try_for_each(|change| make_apart(handle, change.as_mut()));
        made.inspect_err(|_| roll_back(handle))?;
    }
    // A commit that failed may leave the transaction open; the next batch must begin with none.
    let committed = commits.commit(|| handle.execute("COMMIT", params![]));
    Ok(committed.map(drop).inspect_err(|_| roll_back(handle))?)
}

fn begin(handle: &Handle, changes: usize) -> Result<(), SqlError> {
    // What a change left behind that panicked.
    roll_back(handle);
    // Prepared once, as every statement.
    let begun = handle.execute("BEGIN IMMEDIATE", params![]).map(drop);
    begun.inspect_err(|error| {
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
