//! Writing and reading a job's hops.

use platen_core::clock::Timestamp;
use platen_core::job::Hop;
use serde_json::{Value, json};

use super::connection::{Connection, params};
use super::failed;
use super::row::{inconsistent, to_json};
use crate::storage::StoreError;
use crate::telemetry::names;

pub(super) fn insert(connection: &Connection, job_no: i64, hop: &Hop) -> Result<(), StoreError> {
    record(connection, job_no, &hop.name, hop.at, &hop.detail)
}

pub(super) fn record(
    connection: &Connection,
    job_no: i64,
    name: &str,
    at: Timestamp,
    detail: &Value,
) -> Result<(), StoreError> {
    let detail = to_json(detail, "hops.detail")?;
    connection
        .execute_later(
            "INSERT INTO hops (job_no, hop, name, at, detail) \
             VALUES (?1, (SELECT COALESCE(MAX(hop), 0) + 1 FROM hops WHERE job_no = ?1), ?2, ?3, ?4)",
            params![job_no, name, at, &detail],
        )
        .map_err(failed("record a hop"))
}

/// All hops, oldest first. The first one is the acceptance, which has no row.
pub(super) fn of_job(connection: &Connection, job_no: i64) -> Result<Vec<Hop>, StoreError> {
    let accepted_at: Timestamp = connection
        .query_one("SELECT accepted_at FROM jobs WHERE job_no = ?1", params![job_no], |row| row.get(0))
        .map_err(failed("read hops"))?;
    let accepted = Hop { name: names::HOP_ACCEPTED.to_owned(), at: accepted_at, detail: json!({}) };
    let query = "SELECT name, at, detail FROM hops WHERE job_no = ?1 ORDER BY at, hop";
    let rows: Vec<(String, Timestamp, String)> = connection
        .query_all(query, params![job_no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .map_err(failed("read hops"))?;
    let written = rows.into_iter().map(|(name, at, detail)| {
        let detail = serde_json::from_str(&detail).map_err(inconsistent("hops.detail"))?;
        Ok(Hop { name, at, detail })
    });
    std::iter::once(Ok(accepted)).chain(written).collect()
}
