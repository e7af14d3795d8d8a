//! The end of a job: status, hop and webhook delivery, in the caller's transaction.

use platen_core::clock::Timestamp;
use platen_core::job::{Cause, JobError, JobSnapshot, JobStatus};
use serde_json::{Value, json};

use super::connection::{Connection, JobChange, News, params};
use super::row::inconsistent;
use super::{failed, hops, row};
use crate::jobs::event;
use crate::storage::StoreError;
use crate::telemetry::{names, trace_context};

/// Ends the job as dead with this error.
pub(super) fn bury(
    connection: &Connection,
    job_no: i64,
    now: Timestamp,
    error: &JobError,
) -> Result<JobSnapshot, StoreError> {
    let (code, cause) = (error.code.as_str(), Cause::of(error.code).as_str());
    connection
        .execute_later(
            "UPDATE jobs SET error_code = ?2, error_message = ?3, cause = ?4, \
             status = 'dead', finished_at = ?5 WHERE job_no = ?1",
            params![job_no, code, &error.message, cause, now],
        )
        .map_err(failed("give a job up"))?;
    end(connection, job_no, JobStatus::Dead, now, None)
}

/// Ends the job with this final status and queues the event that tells its site. The caller has checked that
/// the status may follow the present one, and has written what the event shows: result and error, and the usage if
/// it is not given here. Gives the job as it stands then.
pub(super) fn end(
    connection: &Connection,
    job_no: i64,
    status: JobStatus,
    now: Timestamp,
    usage: Option<&str>,
) -> Result<JobSnapshot, StoreError> {
    connection
        .execute_later(
            "UPDATE jobs SET status = ?2, ends = ends + 1, updated_at = ?3, finished_at = ?3, \
             usage = COALESCE(?4, usage), \
             error_code = CASE WHEN ?2 = 'succeeded' THEN NULL ELSE error_code END, \
             error_message = CASE WHEN ?2 = 'succeeded' THEN NULL ELSE error_message END \
             WHERE job_no = ?1",
            params![job_no, status.as_str(), now, usage],
        )
        .map_err(failed("end a job"))?;
    let mut row = row::row_by_no(connection, job_no)?;
    let (site, ends) = (row.site()?, row.ends);
    let (traceparent, conversation) = (row.traceparent.take(), row.conversation.take());
    let snapshot = row.into_snapshot()?;
    let Some(body) = event::body(&snapshot, now).map_err(inconsistent("deliveries.body"))? else {
        return Ok(snapshot);
    };
    let error_code = snapshot.error.as_ref().map(|error| error.code.as_str());
    hops::record(connection, job_no, hop_name(status), now, &detail(snapshot.attempt, error_code))?;
    connection
        .execute_later(
            "INSERT INTO deliveries \
             (delivery_id, job_no, site_id, body, request_id, traceparent, conversation, next_at, \
              round_began_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8)",
            params![
                &format!("evt_{}_{ends}", snapshot.id),
                job_no,
                site.as_str(),
                &body[..],
                &snapshot.request_id,
                &trace_context::outgoing(traceparent.as_deref(), &snapshot.request_id),
                conversation.as_deref(),
                now,
            ],
        )
        .map_err(failed("queue a delivery"))?;
    connection.announce(News::DELIVERIES);
    connection.announce_job(JobChange::Ended, site.as_str(), snapshot.id.as_str());
    Ok(snapshot)
}

fn hop_name(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Succeeded => names::HOP_SUCCEEDED,
        JobStatus::Cancelled => names::HOP_CANCELLED,
        // The first two never end a job; `event::body` has refused them above.
        JobStatus::Queued | JobStatus::Running | JobStatus::Dead => names::HOP_DEAD,
    }
}

fn detail(attempt: u32, error_code: Option<&str>) -> Value {
    match error_code {
        Some(code) => json!({ "attempt": attempt, "code": code }),
        None => json!({ "attempt": attempt }),
    }
}
