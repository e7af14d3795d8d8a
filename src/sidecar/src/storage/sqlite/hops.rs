//! Writing and reading a job's hops.

use platen_core::clock::Timestamp;
use platen_core::job::{Hop, JobId};
use rusqlite::{Connection, params};
use serde_json::Value;

use super::failed;
use super::row::{inconsistent, to_json};
use crate::storage::StoreError;

pub(super) fn insert(connection: &Connection, job_id: &JobId, hop: &Hop) -> Result<(), StoreError> {
    record(connection, job_id, &hop.name, hop.at, &hop.detail)
}

pub(super) fn record(
    connection: &Connection,
    job_id: &JobId,
    name: &str,
    at: Timestamp,
    detail: &Value,
) -> Result<(), StoreError> {
    let detail = to_json(detail, "hops.detail")?;
    connection
        .prepare_cached("INSERT INTO hops (job_id, name, at, detail) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| {
            statement.execute(params![job_id.as_str(), name, at.as_micros(), detail]).map(drop)
        })
        .map_err(failed("record a hop"))
}

pub(super) fn of_job(connection: &Connection, job_id: &JobId) -> Result<Vec<Hop>, StoreError> {
    let query = "SELECT name, at, detail FROM hops WHERE job_id = ?1 ORDER BY at, hop_id";
    let mut statement = connection.prepare_cached(query).map_err(failed("read hops"))?;
    let rows = statement
        .query_map([job_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
        .map_err(failed("read hops"))?;
    rows.map(|row| {
        let (name, at, detail) = row.map_err(failed("read hops"))?;
        let detail = serde_json::from_str(&detail).map_err(inconsistent("hops.detail"))?;
        Ok(Hop { name, at: Timestamp::from_micros(at), detail })
    })
    .collect()
}
