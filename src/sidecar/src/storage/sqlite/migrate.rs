//! Brings the tables to the form that this version knows.

use bytes::Bytes;
use platen_core::clock::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// One step. A released step is never edited: its checksum is kept in every database.
struct Migration {
    number: u32,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
        }
    };
}

const MIGRATIONS: [Migration; 7] = [
    migration!(1, "0001_create_sites"),
    migration!(2, "0002_create_jobs"),
    migration!(3, "0003_create_deliveries"),
    migration!(4, "0004_create_stream_tokens"),
    migration!(5, "0005_create_rate_buckets"),
    migration!(6, "0006_create_budgets"),
    migration!(7, "0007_create_schedules"),
];

/// The tables cannot be brought to this version's form. The database is as it was before the failed step.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The step failed.
    #[error("migration {0} failed")]
    Failed(&'static str, #[source] rusqlite::Error),
    /// The step was applied with another text than this version has.
    #[error("migration {0} was applied in another form than this version knows")]
    Changed(&'static str),
    /// A newer version wrote this database.
    #[error("the database is at migration {found}; this version knows {known}: a newer platend wrote it")]
    TooNew {
        /// The last step that was applied.
        found: u32,
        /// The last step known here.
        known: u32,
    },
}

/// Applies the steps that the database lacks, each in a transaction with its record.
pub(super) fn migrate(connection: &mut Connection, now: Timestamp) -> Result<(), MigrateError> {
    // Outside a step: two processes that start at once must not both take this for their own.
    let create = "CREATE TABLE IF NOT EXISTS schema_migrations (
        number INTEGER NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied_at INTEGER NOT NULL
    ) STRICT";
    connection.execute_batch(create).map_err(|error| MigrateError::Failed("schema_migrations", error))?;
    check_not_newer(connection)?;
    MIGRATIONS.iter().try_for_each(|migration| apply(connection, migration, now))
}

fn check_not_newer(connection: &Connection) -> Result<(), MigrateError> {
    let query = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";
    let found: u32 = connection
        .query_row(query, [], |row| row.get(0))
        .map_err(|error| MigrateError::Failed("schema_migrations", error))?;
    let known = MIGRATIONS.last().map_or(0, |last| last.number);
    if found > known { Err(MigrateError::TooNew { found, known }) } else { Ok(()) }
}

fn apply(connection: &mut Connection, migration: &Migration, now: Timestamp) -> Result<(), MigrateError> {
    let checksum = format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(migration.sql)));
    let step = || -> rusqlite::Result<bool> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let applied = applied_checksum(&transaction, migration.number)?;
        if let Some(applied) = applied {
            return Ok(applied == checksum);
        }
        transaction.execute_batch(migration.sql)?;
        transaction.execute(
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
            params![migration.number, migration.name, checksum, now.as_micros()],
        )?;
        transaction.commit()?;
        Ok(true)
    };
    let mut step = step;
    match step() {
        Ok(true) => Ok(()),
        Ok(false) => Err(MigrateError::Changed(migration.name)),
        Err(error) => Err(MigrateError::Failed(migration.name, error)),
    }
}

fn applied_checksum(connection: &Connection, number: u32) -> rusqlite::Result<Option<String>> {
    let mut query = connection.prepare("SELECT checksum FROM schema_migrations WHERE number = ?1")?;
    let mut rows = query.query([number])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrated() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, Timestamp::from_seconds(1)).unwrap();
        connection
    }

    #[test]
    fn a_second_run_changes_nothing() {
        let mut connection = migrated();

        migrate(&mut connection, Timestamp::from_seconds(2)).unwrap();

        let query = "SELECT COUNT(*), MAX(applied_at) FROM schema_migrations";
        let (count, last): (i64, i64) =
            connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!((usize::try_from(count).unwrap(), last), (MIGRATIONS.len(), 1_000_000));
    }

    #[test]
    fn numbers_run_without_gaps_and_match_the_names() {
        for (place, migration) in (1..).zip(&MIGRATIONS) {
            assert_eq!(migration.number, place);
            assert!(migration.name.starts_with(&format!("{place:04}_")), "{}", migration.name);
        }
    }

    #[test]
    fn an_edited_step_is_noticed() {
        let mut connection = migrated();
        connection.execute("UPDATE schema_migrations SET checksum = 'x' WHERE number = 2", []).unwrap();

        let error = migrate(&mut connection, Timestamp::from_seconds(2)).unwrap_err();

        assert!(matches!(error, MigrateError::Changed("0002_create_jobs")), "{error}");
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = migrated();
        connection.execute("INSERT INTO schema_migrations VALUES (999, '0999_x', 'x', 0)", []).unwrap();

        let error = migrate(&mut connection, Timestamp::from_seconds(2)).unwrap_err();

        assert!(matches!(error, MigrateError::TooNew { found: 999, .. }), "{error}");
    }
}
