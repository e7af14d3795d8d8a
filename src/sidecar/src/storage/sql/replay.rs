//! A new life for a dead job.

use platen_core::clock::Timestamp;
use platen_core::workflow::Event;
use serde_json::json;

use super::branches::Due;
use super::connection::{Connection, params};
use super::{failed, graph, hops};
use crate::storage::StoreError;
use crate::telemetry::names;

/// Puts a dead job back to `queued`: what failed is due at once, and the deadline begins again.
pub(super) fn replay(
    connection: &Connection,
    job_no: i64,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (graph, place) = graph::read(connection, job_no)?;
    connection
        .execute_later(
            "UPDATE jobs SET status = 'queued', deadline_at = ?2 + (deadline_at - life_began_at), \
             life_began_at = ?2, updated_at = ?2, finished_at = NULL, error_code = NULL, \
             error_message = NULL, cause = NULL WHERE job_no = ?1",
            params![job_no, now],
        )
        .map_err(failed("replay a job"))?;
    hops::record(connection, job_no, names::HOP_REPLAYED, now, &json!({ "attempt": attempt }))?;
    graph::advance(connection, &graph, &place, Event::Replayed, Due { run_at: now, now }, None).map(drop)
}

/// Whether a job still has what it began with.
pub(super) fn has_content(connection: &Connection, job_no: i64) -> Result<bool, StoreError> {
    let purged_at: Option<i64> = connection
        .query_one("SELECT purged_at FROM jobs WHERE job_no = ?1", params![job_no], |row| row.get(0))
        .map_err(failed("replay a job"))?;
    Ok(purged_at.is_none())
}
