//! Who waits for whom, where an engine lets several transactions write at the same time. SQLite has one writer and
//! needs none of this.
//!
//! The row of a job is the lock of the job: whoever changes the job, its steps or what hangs on them holds it from
//! before the first look to the end of the transaction. One lease of work happens at a time, so that limits and
//! shares hold over all daemons; it takes the rows that nobody holds and waits for none.

use platen_core::job::{JobId, SiteId};

use super::connection::{Connection, params};
use super::failed;
use crate::storage::StoreError;

/// The numbers of the locks that have no row.
const LEASES: i64 = 0x504C_4154_454E;
const TURNS: i64 = LEASES + 1;

/// Holds a job.
pub(super) fn job(connection: &Connection, job_no: i64) -> Result<(), StoreError> {
    hold(connection, "SELECT 1 FROM jobs WHERE job_no = ?1 /*pg: FOR NO KEY UPDATE */", params![job_no])
}

/// Holds the job of this id.
pub(super) fn job_of(connection: &Connection, site: &SiteId, job_id: &JobId) -> Result<(), StoreError> {
    let query = "SELECT 1 FROM jobs WHERE job_id = ?1 AND site_id = ?2 /*pg: FOR NO KEY UPDATE */";
    hold(connection, query, params![job_id.as_str(), site.as_str()])
}

/// Holds the job whose end is delivered.
pub(super) fn job_of_delivery(connection: &Connection, delivery_id: &str) -> Result<(), StoreError> {
    let query = "SELECT 1 FROM jobs WHERE job_no = \
                 (SELECT job_no FROM deliveries WHERE delivery_id = ?1) /*pg: FOR NO KEY UPDATE */";
    hold(connection, query, params![delivery_id])
}

/// Holds the right to lease work.
pub(super) fn leases(connection: &Connection) -> Result<(), StoreError> {
    hold(connection, "SELECT pg_advisory_xact_lock(?1)", params![LEASES])
}

/// Holds the right to give several turns in a transaction. Each turn locks its user's row, and two that lock several in
/// different orders would wait for each other; whoever gives only one waits for nobody after that.
pub(super) fn turns(connection: &Connection) -> Result<(), StoreError> {
    if !connection.is_first(TURNS) {
        return Ok(());
    }
    hold(connection, "SELECT pg_advisory_xact_lock(?1)", params![TURNS])
}

/// Holds what has no row yet: two transactions with the same words follow each other.
pub(super) fn words(connection: &Connection, words: &[&str]) -> Result<(), StoreError> {
    if !connection.has_other_writers() {
        return Ok(());
    }
    hold(connection, "SELECT pg_advisory_xact_lock(hashtextextended(?1, 0))", params![&words.join("\u{1f}")])
}

fn hold(
    connection: &Connection,
    query: &str,
    values: &[super::connection::Value<'_>],
) -> Result<(), StoreError> {
    if !connection.has_other_writers() {
        return Ok(());
    }
    connection.execute_later(query, values).map_err(failed("wait for others"))
}
