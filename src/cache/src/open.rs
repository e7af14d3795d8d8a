//! Opening the file, and making it anew when it is damaged.
//!
//! Whoever opens the file holds the lock file shared, and whoever renames it holds it exclusively, so that nobody
//! finds the database of one file and the log of another. Both only try: a lock that is held is
//! [`CacheError::Busy`], a miss.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::location::{self, FileId};
use crate::{CacheError, damage, schema};

/// How long a statement waits for a lock: a hundred times what a write takes, and nothing a visitor notices.
const BUSY_TIMEOUT: Duration = Duration::from_millis(20);

/// An open file.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) id: FileId,
}

/// Opens the file. Makes it when it is missing, and makes it anew when it is damaged.
pub(crate) fn open(path: &Path) -> Result<Opened, CacheError> {
    location::ensure_directory(path)?;
    let lock = location::open_lock(path)?;
    let damaged = match open_shared(path, &lock) {
        Err((CacheError::Damaged, damaged)) => damaged,
        other => return other.map_err(|(error, _)| error),
    };
    remake(path, &lock, damaged)
}

/// Makes the file anew that was found damaged after it had been opened.
pub(crate) fn open_after_damage(path: &Path, damaged: FileId) -> Result<Opened, CacheError> {
    let lock = location::open_lock(path)?;
    remake(path, &lock, Some(damaged))
}

/// Moves the damaged file away, unless another process has done so since, and opens the new one.
fn remake(path: &Path, lock: &File, damaged: Option<FileId>) -> Result<Opened, CacheError> {
    lock.try_lock().map_err(busy)?;
    if location::file_id(path).ok() == damaged {
        damage::move_away(path)?;
    }
    let opened = open_locked(path).map_err(|(error, _)| error);
    lock.unlock()?;
    opened
}

type OpenFailure = (CacheError, Option<FileId>);

fn open_shared(path: &Path, lock: &File) -> Result<Opened, OpenFailure> {
    lock.try_lock_shared().map_err(|error| (busy(error), None))?;
    let opened = open_locked(path);
    lock.unlock().map_err(|error| (error.into(), None))?;
    opened
}

/// Opens the file while the lock is held. A failure says which file it was about.
fn open_locked(path: &Path) -> Result<Opened, OpenFailure> {
    let id =
        location::ensure_file(path).and_then(|()| location::file_id(path)).map_err(|error| (error, None))?;
    let connection = connect(path).map_err(|error| (error, Some(id)))?;
    Ok(Opened { connection, id })
}

fn connect(path: &Path) -> Result<Connection, CacheError> {
    // Without SQLITE_OPEN_CREATE: a file that vanished in between would be made with other rights.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    schema::ensure(&mut connection)?;
    Ok(connection)
}

fn busy(error: TryLockError) -> CacheError {
    match error {
        TryLockError::WouldBlock => CacheError::Busy,
        TryLockError::Error(error) => error.into(),
    }
}
