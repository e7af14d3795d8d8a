//! Taking due steps.

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{JobError, JobId, SiteId};
use platen_core::workflow::Event;
use serde_json::json;

use super::connection::{Connection, JobChange, Row, SqlError, params};
use super::row::{self, SpecRow};
use super::steps::StepKey;
use super::{attempts, failed, graph, hops, locks, overview, steps};
use crate::jobs::schedule::{LaneNo, Pick};
use crate::jobs::store::{Lease, LeaseRequest, Leased, LeasedJob, Policy};
use crate::storage::StoreError;
use crate::telemetry::names;

/// Jobs whose time is over while none of their steps runs.
pub(super) const LATE_JOBS: &str = "SELECT job_no, site_id, job_id FROM jobs \
     WHERE finished_at IS NULL AND status IN ('queued', 'running') AND deadline_at <= ?1 \
     AND NOT EXISTS (SELECT 1 FROM steps WHERE steps.job_no = jobs.job_no \
     AND steps.status = 'running') LIMIT ?2 /*pg: FOR NO KEY UPDATE OF jobs SKIP LOCKED */";

/// Steps whose time has come.
pub(super) const DUE_STEPS: &str = "SELECT steps.job_no, step, branch, lane_no, subject \
     FROM steps JOIN jobs ON jobs.job_no = steps.job_no \
     WHERE steps.status = 'queued' AND turn IS NULL AND run_at <= ?1 ORDER BY run_at LIMIT ?2 \
     /*pg: FOR NO KEY UPDATE OF jobs, steps SKIP LOCKED */";

/// The first due steps of a lane, with what was submitted.
pub(super) const HEADS: &str = "SELECT jobs.job_id, jobs.site_id, jobs.idempotency_key, jobs.request_id, \
     jobs.traceparent, jobs.prompt_hash, jobs.subject, jobs.conversation, jobs.priority, jobs.created_at, \
     jobs.kind, jobs.life_began_at, jobs.deadline_at, payloads.payload, \
     steps.job_no, step, branch, turn, run_at, steps.attempt, failures \
     FROM steps JOIN jobs ON jobs.job_no = steps.job_no JOIN payloads ON payloads.job_no = steps.job_no \
     WHERE lane_no = ?1 AND turn IS NOT NULL ORDER BY turn, steps.job_no, step, branch LIMIT ?2 \
     /*pg: FOR NO KEY UPDATE OF jobs, steps SKIP LOCKED */";

/// Rows of each kind that one lease moves before it takes: the others wait for the next one.
const MAX_MOVED: i64 = 256;

pub(super) fn lease(
    connection: &Connection,
    request: &LeaseRequest,
    policy: &Policy,
) -> Result<Leased, StoreError> {
    locks::leases(connection)?;
    let mut leased = Leased { jobs: Vec::new(), expired: expire(connection, request.now)? };
    promote(connection, request.now)?;
    let overview = overview::read(connection, &request.owner, request.slots)?;
    for pick in policy(&overview, request.slots) {
        take_heads(connection, request, pick, &mut leased.jobs)?;
    }
    Ok(leased)
}

/// Ends jobs whose time is over while none of their steps runs; one that runs ends itself.
fn expire(connection: &Connection, now: Timestamp) -> Result<Vec<(SiteId, JobId)>, StoreError> {
    let late: Vec<(i64, String, String)> = connection
        .query_all(LATE_JOBS, params![now, MAX_MOVED], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .map_err(failed("find late jobs"))?;
    late.into_iter()
        .map(|(job_no, site, job_id)| {
            let message = "the job had not been begun, or not been finished, by its deadline".to_owned();
            let error = JobError { code: ErrorCode::DeadlineExceeded, message };
            graph::follow(connection, job_no, Event::Expired { error }, now)?;
            Ok((row::site_id(site)?, row::job_id(job_id)?))
        })
        .collect()
}

/// Gives a turn to each step whose time has come.
fn promote(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let due: Vec<(StepKey, i64, Option<String>)> = connection
        .query_all(DUE_STEPS, params![now, MAX_MOVED], |row| {
            Ok((StepKey::read(row)?, row.get(3)?, row.get(4)?))
        })
        .map_err(failed("find due steps"))?;
    if due.len() > 1 {
        locks::turns(connection)?;
    }
    for (key, lane_no, subject) in due {
        let subject = subject.unwrap_or_default();
        steps::give_turn(connection, LaneNo(lane_no), &subject)?;
        connection
            .execute_later(
                "UPDATE steps SET turn = (SELECT turn FROM shares WHERE shares.lane_no = ?4 AND subject = ?5) \
                 WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
                params![key.job_no, key.step, key.branch, lane_no, &subject],
            )
            .map_err(failed("give a turn"))?;
    }
    Ok(())
}

/// A due step at the head of its lane.
struct Head {
    spec: SpecRow,
    key: StepKey,
    turn: i64,
    due_at: Timestamp,
    attempts: u32,
    failures: u32,
}

impl Head {
    /// Reads the columns of [`HEADS`].
    fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self {
            spec: SpecRow::read(row)?,
            key: StepKey { job_no: row.get(14)?, step: row.get(15)?, branch: row.get(16)? },
            turn: row.get(17)?,
            due_at: row.get(18)?,
            attempts: row.get(19)?,
            failures: row.get(20)?,
        })
    }

    fn into_job(self, attempt: u32) -> Result<LeasedJob, StoreError> {
        let StepKey { job_no, step, branch } = self.key;
        let (site, deadline) = (self.spec.site()?, self.spec.deadline());
        let spec = self.spec.into_spec()?;
        Ok(LeasedJob {
            lease: Lease { job_id: spec.id.clone(), job_no, step, branch, attempt },
            site,
            spec,
            due_at: self.due_at,
            failures: self.failures,
            deadline,
        })
    }
}

fn take_heads(
    connection: &Connection,
    request: &LeaseRequest,
    pick: Pick,
    leased: &mut Vec<LeasedJob>,
) -> Result<(), StoreError> {
    let count = i64::try_from(pick.count).unwrap_or(i64::MAX);
    let heads: Vec<Head> = connection
        .query_all(HEADS, params![pick.lane.0, count], Head::read)
        .map_err(failed("lease steps"))?;
    let Some(last) = heads.last() else { return Ok(()) };
    connection
        .execute_later(
            "UPDATE lanes SET turn = CASE WHEN turn < ?2 THEN ?2 ELSE turn END, taken_at = ?3 \
             WHERE lane_no = ?1",
            params![pick.lane.0, last.turn, request.now],
        )
        .map_err(failed("lease steps"))?;
    for head in heads {
        if let Some(job) = take(connection, request, head)? {
            leased.push(job);
        }
    }
    Ok(())
}

/// Marks a step as running. `None` when its job cannot be read: it is given up then, because one such row must
/// not hold up all the others for ever.
fn take(
    connection: &Connection,
    request: &LeaseRequest,
    head: Head,
) -> Result<Option<LeasedJob>, StoreError> {
    let (key, now, attempt) = (head.key, request.now, head.attempts.saturating_add(1));
    let StepKey { job_no, step, branch } = key;
    connection
        .execute_later(
            "UPDATE steps SET status = 'running', attempt = ?6, lease_until = ?4, owner = ?5, \
             run_at = NULL, turn = NULL WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
            params![job_no, step, branch, request.until, &request.owner, attempt],
        )
        .map_err(failed("lease a step"))?;
    connection
        .execute_later(
            "UPDATE jobs SET status = 'running', updated_at = ?2, \
             attempt = CASE WHEN output_step = ?3 AND ?5 = 0 THEN ?4 ELSE attempt END WHERE job_no = ?1",
            params![job_no, now, step, attempt, branch],
        )
        .map_err(failed("lease a step"))?;
    attempts::begin(connection, key, attempt, now)?;
    hops::record(connection, job_no, names::HOP_LEASED, now, &json!({ "attempt": attempt }))?;
    match head.into_job(attempt) {
        Ok(job) => {
            connection.announce_job(JobChange::Moved, job.site.as_str(), job.spec.id.as_str());
            Ok(Some(job))
        }
        Err(StoreError::Inconsistent { column, source: _ }) => {
            tracing::error!(job_no, column, "a job cannot be read and is given up");
            let message = format!("the daemon cannot read what it kept of the job ({column})");
            let error = JobError { code: ErrorCode::Internal, message };
            graph::follow(connection, job_no, Event::Expired { error }, now)?;
            Ok(None)
        }
        Err(error @ (StoreError::Unavailable(..) | StoreError::Stopped)) => Err(error),
    }
}
