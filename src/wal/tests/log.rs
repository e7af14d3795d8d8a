//! Commits in one piece are those that SQLite makes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use platen_wal::CommitLog;
use rusqlite::{Connection, params};
use tempfile::TempDir;

/// So many pages that they are more than one write.
const LARGE_ROWS: usize = 300;

struct Database {
    folder: TempDir,
}

impl Database {
    fn new() -> Self {
        let database = Self { folder: tempfile::tempdir().unwrap() };
        let connection = database.connect();
        connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT NOT NULL)").unwrap();
        database
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    fn connect(&self) -> Connection {
        let connection = Connection::open(self.path()).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).unwrap();
        connection
    }

    fn writer(&self) -> (Connection, CommitLog) {
        let connection = self.connect();
        let log = CommitLog::of(&connection);
        (connection, log)
    }

    /// What a process sees that opens it now.
    fn rows(&self) -> i64 {
        let connection = Connection::open(self.path()).unwrap();
        let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
    }

    /// The same after a crash: of copies of the files, without the index in memory.
    fn rows_after_a_crash(&self) -> i64 {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        for file in ["test.db", "test.db-wal"] {
            std::fs::copy(self.folder.path().join(file), copy.folder.path().join(file)).unwrap();
        }
        copy.rows()
    }
}

fn add(connection: &Connection, rows: usize) {
    for _ in 0..rows {
        connection.execute("INSERT INTO t (text) VALUES (?1)", params!["x".repeat(3000)]).unwrap();
    }
}

fn commit(connection: &Connection, log: &mut CommitLog, rows: usize) {
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    add(connection, rows);
    log.commit(|| connection.execute_batch("COMMIT")).unwrap();
}

/// Writes of this thread so far.
fn writes() -> u64 {
    let counts = std::fs::read_to_string(Path::new("/proc/thread-self/io")).unwrap();
    let line = counts.lines().find_map(|line| line.strip_prefix("syscw: ")).unwrap();
    line.parse().unwrap()
}

#[test]
fn everyone_sees_a_commit_when_it_has_returned() {
    let database = Database::new();
    let (connection, mut log) = database.writer();

    for rows in 1..20 {
        commit(&connection, &mut log, 1);

        assert_eq!(database.rows(), rows);
        assert_eq!(database.rows_after_a_crash(), rows);
    }
}

#[test]
fn a_commit_is_one_write() {
    let database = Database::new();
    let (connection, mut log) = database.writer();
    commit(&connection, &mut log, 1);

    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    add(&connection, 10);
    let before = writes();
    log.commit(|| connection.execute_batch("COMMIT")).unwrap();

    assert_eq!(writes() - before, 1);
}

#[test]
fn a_large_commit_is_whole() {
    let database = Database::new();
    let (connection, mut log) = database.writer();

    commit(&connection, &mut log, LARGE_ROWS);
    commit(&connection, &mut log, 1);

    let rows = i64::try_from(LARGE_ROWS).unwrap() + 1;
    assert_eq!(database.rows(), rows);
    assert_eq!(database.rows_after_a_crash(), rows);
}

/// Without a sync it is the commit's last page alone that says when to write, wherever the pieces end.
#[test]
fn a_commit_of_any_length_is_whole_when_it_has_returned_without_a_sync() {
    let database = Database::new();
    let (connection, mut log) = database.writer();
    connection.pragma_update(None, "synchronous", "NORMAL").unwrap();
    let mut all = 0;

    for rows in 1..80 {
        commit(&connection, &mut log, rows);
        all += i64::try_from(rows).unwrap();

        assert_eq!(database.rows(), all);
    }
}

#[test]
fn a_transaction_larger_than_the_cache_is_whole() {
    let database = Database::new();
    let (connection, mut log) = database.writer();
    connection.pragma_update(None, "cache_size", 10).unwrap();

    // Pages go to the log before the commit, and some of them again with it.
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    add(&connection, LARGE_ROWS);
    connection.execute("UPDATE t SET text = 'y' WHERE n % 7 = 0", []).unwrap();
    log.commit(|| connection.execute_batch("COMMIT")).unwrap();

    assert_eq!(database.rows(), i64::try_from(LARGE_ROWS).unwrap());
    assert_eq!(database.rows_after_a_crash(), i64::try_from(LARGE_ROWS).unwrap());
}

#[test]
fn nothing_of_a_transaction_that_was_rolled_back_is_written_over_that_of_another() {
    let database = Database::new();
    let (connection, mut log) = database.writer();
    connection.pragma_update(None, "cache_size", 10).unwrap();
    let other = database.connect();

    for turn in 1..10 {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        add(&connection, LARGE_ROWS);
        connection.execute_batch("ROLLBACK").unwrap();
        add(&other, 1);
        commit(&connection, &mut log, 1);

        assert_eq!(database.rows(), 2 * turn);
    }
    assert_eq!(database.rows_after_a_crash(), 18);
}

#[test]
fn a_log_that_was_checkpointed_begins_anew() {
    let database = Database::new();
    let (connection, mut log) = database.writer();
    connection.pragma_update(None, "wal_autocheckpoint", 20).unwrap();

    for rows in 1..100 {
        commit(&connection, &mut log, 1);

        assert_eq!(database.rows_after_a_crash(), rows);
    }
}

#[test]
fn a_database_without_a_log_is_written_as_always() {
    let connection = Connection::open_in_memory().unwrap();
    let mut log = CommitLog::of(&connection);
    connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT NOT NULL)").unwrap();

    commit(&connection, &mut log, 3);

    let rows: i64 = connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 3);
}
