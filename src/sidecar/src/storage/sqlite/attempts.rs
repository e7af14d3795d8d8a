//! The rows of one attempt: its text while it runs, and what stays when it ends.

use platen_core::clock::Timestamp;
use platen_core::job::JobError;
use rusqlite::{Connection, params};

use super::failed;
use super::steps::StepKey;
use crate::storage::StoreError;

pub(super) fn begin(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO attempts (job_no, step, attempt, began_at) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| {
            statement.execute(params![key.job_no, key.step, attempt, now.as_micros()])
        })
        .map(drop)
        .map_err(failed("begin an attempt"))
}

pub(super) fn append(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    text: &str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO chunks (job_no, step, attempt, chunk, text) \
             SELECT ?1, ?2, ?3, COALESCE(MAX(chunk), 0) + 1, ?4 FROM chunks \
             WHERE job_no = ?1 AND step = ?2 AND attempt = ?3",
        )
        .and_then(|mut statement| statement.execute(params![key.job_no, key.step, attempt, text]))
        .map(drop)
        .map_err(failed("keep text"))
}

/// The attempt's text became the result.
pub(super) fn succeed(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE attempts SET ended_at = ?4, outcome = 'succeeded' \
             WHERE job_no = ?1 AND step = ?2 AND attempt = ?3",
        )
        .and_then(|mut statement| {
            statement.execute(params![key.job_no, key.step, attempt, now.as_micros()])
        })
        .map_err(failed("end an attempt"))?;
    drop_chunks(connection, key, attempt)
}

/// The attempt failed; what it had received stays with it.
pub(super) fn fail(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
    error: &JobError,
) -> Result<(), StoreError> {
    close(connection, key, attempt, now, Some(error))
}

/// The attempt was cut off from our side; what it had received stays with it.
pub(super) fn abandon(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    close(connection, key, attempt, now, None)
}

/// Abandons every attempt of a job that runs.
pub(super) fn abandon_all(connection: &Connection, job_no: i64, now: Timestamp) -> Result<(), StoreError> {
    let running: Vec<(u32, u32)> = connection
        .prepare_cached("SELECT step, attempt FROM steps WHERE job_no = ?1 AND status = 'running'")
        .and_then(|mut statement| {
            statement.query_map([job_no], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(failed("find running steps"))?;
    running
        .into_iter()
        .try_for_each(|(step, attempt)| abandon(connection, StepKey { job_no, step }, attempt, now))
}

fn close(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
    error: Option<&JobError>,
) -> Result<(), StoreError> {
    let outcome = if error.is_some() { "failed" } else { "abandoned" };
    let (code, message) = error.map(|error| (error.code.as_str(), error.message.as_str())).unzip();
    connection
        .prepare_cached(
            "UPDATE attempts SET ended_at = ?4, outcome = ?5, error_code = ?6, error_message = ?7, \
             partial_text = (SELECT group_concat(text, '' ORDER BY chunk) FROM chunks \
                             WHERE job_no = ?1 AND step = ?2 AND attempt = ?3) \
             WHERE job_no = ?1 AND step = ?2 AND attempt = ?3",
        )
        .and_then(|mut statement| {
            let StepKey { job_no, step } = key;
            statement.execute(params![job_no, step, attempt, now.as_micros(), outcome, code, message])
        })
        .map_err(failed("end an attempt"))?;
    drop_chunks(connection, key, attempt)
}

fn drop_chunks(connection: &Connection, key: StepKey, attempt: u32) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM chunks WHERE job_no = ?1 AND step = ?2 AND attempt = ?3")
        .and_then(|mut statement| statement.execute(params![key.job_no, key.step, attempt]))
        .map(drop)
        .map_err(failed("end an attempt"))
}
