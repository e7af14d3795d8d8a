//! A new life for a dead job.

use platen_core::clock::Timestamp;
use rusqlite::{Connection, params};
use serde_json::json;

use super::{failed, hops, steps};
use crate::jobs::schedule::LaneNo;
use crate::storage::StoreError;
use crate::telemetry::names;

/// Puts a dead job back to `queued`: its dead steps are due at once and its deadline begins again.
pub(super) fn replay(
    connection: &Connection,
    job_no: i64,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let subject: Option<String> = connection
        .prepare_cached(
            "UPDATE jobs SET status = 'queued', deadline_at = ?2 + (deadline_at - life_began_at), \
             life_began_at = ?2, updated_at = ?2, finished_at = NULL, error_code = NULL, \
             error_message = NULL, cause = NULL WHERE job_no = ?1 RETURNING subject",
        )
        .and_then(|mut statement| statement.query_row(params![job_no, now.as_micros()], |row| row.get(0)))
        .map_err(failed("replay a job"))?;
    let dead: Vec<(u32, i64)> = connection
        .prepare_cached("SELECT step, lane_no FROM steps WHERE job_no = ?1 AND status IN ('dead', 'cancelled')")
        .and_then(|mut statement| {
            statement.query_map([job_no], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(failed("replay a job"))?;
    for (step, lane_no) in dead {
        let turn = steps::next_turn(connection, LaneNo(lane_no), subject.as_deref())?;
        connection
            .prepare_cached(
                "UPDATE steps SET status = 'queued', run_at = ?3, turn = ?4, failures = 0, crashes = 0 \
                 WHERE job_no = ?1 AND step = ?2",
            )
            .and_then(|mut statement| statement.execute(params![job_no, step, now.as_micros(), turn]))
            .map_err(failed("replay a job"))?;
    }
    hops::record(connection, job_no, names::HOP_REPLAYED, now, &json!({ "attempt": attempt }))
}
