//! The rows of one attempt: its text while it runs, and what stays when it ends.

use platen_core::clock::Timestamp;
use platen_core::job::JobError;

use super::connection::{Connection, params};
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
        .execute_later(
            "INSERT INTO attempts (job_no, step, branch, attempt, began_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![key.job_no, key.step, key.branch, attempt, now],
        )
        .map_err(failed("begin an attempt"))
}

pub(super) fn append(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    text: &str,
) -> Result<(), StoreError> {
    connection
        .execute_later(
            "INSERT INTO chunks (job_no, step, branch, attempt, chunk, text) \
             VALUES (?1, ?2, ?3, ?4, (SELECT COALESCE(MAX(chunk), 0) + 1 FROM chunks \
             WHERE job_no = ?1 AND step = ?2 AND branch = ?3 AND attempt = ?4), ?5)",
            params![key.job_no, key.step, key.branch, attempt, text],
        )
        .map_err(failed("keep text"))
}

/// What the attempt that gives the job's answer has received; `None` while none runs.
pub(super) fn running_text(connection: &Connection, job_no: i64) -> Result<Option<String>, StoreError> {
    connection
        .query_opt(
            "SELECT (SELECT string_agg(text, '' ORDER BY chunk) FROM chunks \
             WHERE chunks.job_no = steps.job_no AND chunks.step = steps.step \
             AND chunks.branch = steps.branch AND chunks.attempt = steps.attempt) \
             FROM steps JOIN jobs ON jobs.job_no = steps.job_no AND jobs.output_step = steps.step \
             WHERE steps.job_no = ?1 AND branch = 0 AND steps.status = 'running'",
            params![job_no],
            |row| Ok(row.get::<Option<String>>(0)?.unwrap_or_default()),
        )
        .map_err(failed("read a job's text"))
}

/// The attempt's text became the result.
pub(super) fn succeed(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection
        .execute_later(
            "UPDATE attempts SET ended_at = ?5, outcome = 'succeeded' \
             WHERE job_no = ?1 AND step = ?2 AND branch = ?3 AND attempt = ?4",
            params![key.job_no, key.step, key.branch, attempt, now],
        )
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

fn close(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    now: Timestamp,
    error: Option<&JobError>,
) -> Result<(), StoreError> {
    let outcome = if error.is_some() { "failed" } else { "abandoned" };
    let (code, message) = error.map(|error| (error.code.as_str(), error.message.as_str())).unzip();
    let StepKey { job_no, step, branch } = key;
    connection
        .execute_later(
            "UPDATE attempts SET ended_at = ?5, outcome = ?6, error_code = ?7, error_message = ?8, \
             partial_text = (SELECT string_agg(text, '' ORDER BY chunk) FROM chunks \
                             WHERE job_no = ?1 AND step = ?2 AND branch = ?3 AND attempt = ?4) \
             WHERE job_no = ?1 AND step = ?2 AND branch = ?3 AND attempt = ?4",
            params![job_no, step, branch, attempt, now, outcome, code, message],
        )
        .map_err(failed("end an attempt"))?;
    drop_chunks(connection, key, attempt)
}

fn drop_chunks(connection: &Connection, key: StepKey, attempt: u32) -> Result<(), StoreError> {
    connection
        .execute_later(
            "DELETE FROM chunks WHERE job_no = ?1 AND step = ?2 AND branch = ?3 AND attempt = ?4",
            params![key.job_no, key.step, key.branch, attempt],
        )
        .map_err(failed("end an attempt"))
}
