//! The one table, and whether a file has it.

use rusqlite::{Connection, TransactionBehavior};

use crate::CacheError;

/// "PLTC" in ASCII: says whose database it is (SQLite's `application_id`).
const APPLICATION_ID: i32 = 0x504C_5443;

/// Rises with every change of [`TABLES`]. A file of an earlier version is made anew: it is only a cache.
const VERSION: i32 = 1;

const TABLES: &str = "
    CREATE TABLE entries (
        -- The first eight bytes of the hash. As the rowid it is a third faster to find than a BLOB key.
        key INTEGER PRIMARY KEY,
        -- The whole hash, which a reader compares.
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        -- Microseconds since 1970, UTC.
        expires_at INTEGER NOT NULL,
        -- The first eight bytes of the value's SHA-256.
        value_sum INTEGER NOT NULL,
        value BLOB NOT NULL
    ) STRICT;
    -- For removing what has expired, and then what expires next.
    CREATE INDEX entries_by_expiry ON entries (expires_at);
";

/// What a file turns out to be.
enum Found {
    Ours,
    Empty,
    Earlier,
    Foreign,
}

/// Makes sure that the file is a cache: makes the table in an empty one.
///
/// # Errors
/// [`CacheError::Damaged`] for an earlier version, which is made anew like a damaged file;
/// [`CacheError::Foreign`] for the database of another program or of a later version.
pub(crate) fn ensure(connection: &mut Connection) -> Result<(), CacheError> {
    // Nothing waits for the disk: what a power failure can lose or garble is only a cache, and is noticed.
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Between two checkpoints the log can grow by a large value; then it is cut back to this many bytes.
    connection.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
    if matches!(look(connection)?, Found::Empty) {
        create(connection)?;
    }
    match look(connection)? {
        Found::Ours => {}
        Found::Empty | Found::Earlier => return Err(CacheError::Damaged),
        Found::Foreign => return Err(CacheError::Foreign),
    }
    // Touches the table, so that the schema is read and found damaged here and not in the first request.
    connection.query_row(
        "SELECT count(*) FROM (SELECT key, hash, expires_at, value_sum FROM entries LIMIT 1)",
        [],
        |_| Ok(()),
    )?;
    Ok(())
}

fn look(connection: &Connection) -> Result<Found, CacheError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (number("application_id")?, number("user_version")?, tables) {
        (0, 0, 0) => Found::Empty,
        (APPLICATION_ID, VERSION, _) => Found::Ours,
        (APPLICATION_ID, version, _) if version < VERSION => Found::Earlier,
        _ => Found::Foreign,
    })
}

fn create(connection: &mut Connection) -> Result<(), CacheError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    if matches!(look(&transaction)?, Found::Empty) {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(())
}
