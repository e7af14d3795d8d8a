//! Opening the file with its rights and its settings.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::OpenError;

/// The database's name in the state directory.
pub(in crate::storage) const FILE_NAME: &str = "platen.db";

/// How long a statement waits for another process that writes. A command line tool holds the lock for
/// milliseconds; a backup may hold it longer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The length of the log after which it is written into the file, and begun anew.
pub(super) const LOG_BYTES: u32 = 64 * 1024 * 1024;

/// The same in pages.
const CHECKPOINT_PAGES: u32 = LOG_BYTES / 4096;

/// Holds the upper pages of every index of a million jobs. Taken as it is needed.
const WRITER_CACHE_KIB: i64 = 16 * 1024;

/// Plenty for rows of this size, and keeps the idle daemon small.
const READER_CACHE_KIB: i64 = 1024;

/// Opens the database for writing. The directory is made with mode 0700 and the file with 0600; SQLite gives
/// the same rights to its side files.
pub(super) fn writer(state_dir: &Path) -> Result<Connection, OpenError> {
    let path = state_dir.join(FILE_NAME);
    let shown = path.display().to_string();
    make_file(state_dir, &path).map_err(|source| OpenError::File { path: shown.clone(), source })?;
    let connect = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Before the first table, or it has no effect: lets unused pages be given back a few at a time.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // A burst of long answers must not leave a log that size behind for ever.
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        // A checkpoint makes the commit that meets it wait: seldom, so that not one in a hundred does, whatever
        // the length of the queue.
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        set_cache(&connection, WRITER_CACHE_KIB)?;
        Ok(connection)
    };
    connect().map_err(|source| OpenError::Sqlite { path: shown, source })
}

/// Opens the database for reading only.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    // Read-write on purpose: a read-only handle cannot make the side files of the log when they are missing.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    set_cache(&connection, READER_CACHE_KIB)?;
    Ok(connection)
}

fn set_cache(connection: &Connection, kib: i64) -> rusqlite::Result<()> {
    // Else SQLite prepares a statement anew for other values, which costs more than running it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Negative: in KiB rather than in pages.
    connection.pragma_update(None, "cache_size", -kib)
}

fn make_file(state_dir: &Path, path: &Path) -> io::Result<()> {
    if !state_dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(state_dir)?;
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    // Root may run the command line tool before the daemon's user ever ran: the file must be the daemon's.
    let (directory, file) = (state_dir.metadata()?, file.metadata()?);
    if file.uid() == 0 && directory.uid() != 0 {
        chown(path, Some(directory.uid()), Some(directory.gid()))?;
    }
    Ok(())
}
