//! The rows of one attempt: its text while it runs, and what stays when it ends.

use platen_core::clock::Timestamp;
use platen_core::job::{JobError, JobId};
use rusqlite::{Connection, params};

use super::failed;
use crate::storage::StoreError;

pub(super) fn begin(
    connection: &Connection,
    job_id: &JobId,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO attempts (job_id, attempt, began_at) VALUES (?1, ?2, ?3)")
        .and_then(|mut statement| statement.execute(params![job_id.as_str(), attempt, now.as_micros()]))
        .map(drop)
        .map_err(failed("begin an attempt"))
}

pub(super) fn append(
    connection: &Connection,
    job_id: &JobId,
    attempt: u32,
    text: &str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO chunks (job_id, attempt, text) VALUES (?1, ?2, ?3)")
        .and_then(|mut statement| statement.execute(params![job_id.as_str(), attempt, text]))
        .map(drop)
        .map_err(failed("keep text"))
}

/// The attempt's text became the answer.
pub(super) fn succeed(
    connection: &Connection,
    job_id: &JobId,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE attempts SET ended_at = ?3, outcome = 'succeeded' WHERE job_id = ?1 AND attempt = ?2",
        )
        .and_then(|mut statement| statement.execute(params![job_id.as_str(), attempt, now.as_micros()]))
        .map_err(failed("end an attempt"))?;
    drop_chunks(connection, job_id, attempt)
}

/// The attempt failed; what it had received stays with it.
pub(super) fn fail(
    connection: &Connection,
    job_id: &JobId,
    attempt: u32,
    now: Timestamp,
    error: &JobError,
) -> Result<(), StoreError> {
    let error = Some((error.code.as_str(), error.message.as_str()));
    close(connection, job_id, attempt, now, "failed", error)
}

/// The attempt was cut off from our side; what it had received stays with it.
pub(super) fn abandon(
    connection: &Connection,
    job_id: &JobId,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    close(connection, job_id, attempt, now, "abandoned", None)
}

fn close(
    connection: &Connection,
    job_id: &JobId,
    attempt: u32,
    now: Timestamp,
    outcome: &str,
    error: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let (code, message) = error.unzip();
    connection
        .prepare_cached(
            "UPDATE attempts SET ended_at = ?3, outcome = ?4, error_code = ?5, error_message = ?6, \
             partial_text = (SELECT group_concat(text, '' ORDER BY chunk_id) FROM chunks \
                             WHERE job_id = ?1 AND attempt = ?2) \
             WHERE job_id = ?1 AND attempt = ?2",
        )
        .and_then(|mut statement| {
            statement.execute(params![job_id.as_str(), attempt, now.as_micros(), outcome, code, message])
        })
        .map_err(failed("end an attempt"))?;
    drop_chunks(connection, job_id, attempt)
}

fn drop_chunks(connection: &Connection, job_id: &JobId, attempt: u32) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM chunks WHERE job_id = ?1 AND attempt = ?2")
        .and_then(|mut statement| statement.execute(params![job_id.as_str(), attempt]))
        .map(drop)
        .map_err(failed("end an attempt"))
}
