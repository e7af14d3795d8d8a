//! Brings the tables to the form that this version knows.
//!
//! The steps have the same numbers and names for every engine; a test compares what they come to.

use bytes::Bytes;
use platen_core::clock::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::connection::{Connection, SqlError, params};

/// One step. A released step is never edited: its checksum is kept in every database.
pub(in crate::storage) struct Migration {
    pub(in crate::storage) number: u32,
    pub(in crate::storage) name: &'static str,
    pub(in crate::storage) sql: &'static str,
}

/// The steps of an engine, by the name of its folder.
macro_rules! migrations {
    ($engine:literal) => {
        $crate::storage::sql::migrate::migrations!(
            $engine,
            1 "0001_create_sites",
            2 "0002_create_jobs",
            3 "0003_create_deliveries",
            4 "0004_create_stream_tokens",
            5 "0005_create_budgets",
            6 "0006_create_schedules",
            7 "0007_create_duties",
        )
    };
    ($engine:literal, $($number:literal $name:literal),* $(,)?) => {
        &[$($crate::storage::sql::migrate::Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $engine, "/", $name, ".sql")),
        }),*]
    };
}
pub(in crate::storage) use migrations;

/// The tables cannot be brought to this version's form. The database is as it was before the failed step.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The step failed.
    #[error("migration {0} failed")]
    Failed(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
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

/// The table that says which steps were applied; in both engines, because it is needed before the first step.
const CREATE_RECORD: &str = "CREATE TABLE IF NOT EXISTS schema_migrations ( \
     number BIGINT NOT NULL PRIMARY KEY, \
     name TEXT NOT NULL, \
     checksum TEXT NOT NULL, \
     applied_at BIGINT NOT NULL)";

/// Applies the steps that the database lacks, each in a transaction with its record. `begin` begins a transaction
/// that others wait for.
pub(in crate::storage) fn migrate(
    connection: &Connection,
    steps: &[Migration],
    begin: &str,
    now: Timestamp,
) -> Result<(), MigrateError> {
    connection.batch(CREATE_RECORD).map_err(failed("schema_migrations"))?;
    check_not_newer(connection, steps)?;
    steps.iter().try_for_each(|step| apply(connection, step, begin, now))
}

fn failed(step: &'static str) -> impl FnOnce(SqlError) -> MigrateError {
    move |source| MigrateError::Failed(step, Box::new(source))
}

fn check_not_newer(connection: &Connection, steps: &[Migration]) -> Result<(), MigrateError> {
    let query = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";
    let found: u32 =
        connection.query_one(query, params![], |row| row.get(0)).map_err(failed("schema_migrations"))?;
    let known = steps.last().map_or(0, |last| last.number);
    if found > known { Err(MigrateError::TooNew { found, known }) } else { Ok(()) }
}

fn apply(connection: &Connection, step: &Migration, begin: &str, now: Timestamp) -> Result<(), MigrateError> {
    connection.batch(begin).map_err(failed(step.name))?;
    let outcome = apply_once(connection, step, now);
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = connection.batch(end).map_err(failed(step.name));
    outcome.and(ended)
}

/// Applies the step, unless another process did while this one waited.
fn apply_once(connection: &Connection, step: &Migration, now: Timestamp) -> Result<(), MigrateError> {
    let checksum = format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(step.sql)));
    let query = "SELECT checksum FROM schema_migrations WHERE number = ?1";
    let applied: Option<String> =
        connection.query_opt(query, params![step.number], |row| row.get(0)).map_err(failed(step.name))?;
    match applied {
        Some(applied) if applied == checksum => return Ok(()),
        Some(_) => return Err(MigrateError::Changed(step.name)),
        None => {}
    }
    connection.batch(step.sql).map_err(failed(step.name))?;
    connection
        .execute(
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
            params![step.number, step.name, &checksum, now],
        )
        .map(drop)
        .map_err(failed(step.name))
}
