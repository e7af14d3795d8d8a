//! Rows become domain types here, and nowhere else.

use std::error::Error as StdError;

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{
    Answer, Cause, JobError, JobId, JobSnapshot, JobSpec, JobStatus, Priority, SiteId, Usage, Work,
};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use thiserror::Error;

use super::connection::{Connection, Row, SqlError, params};
use super::failed;
use crate::storage::StoreError;

/// What [`JobRow::read`] reads, in its order.
pub(super) const JOB_COLUMNS: &str = "jobs.job_id, jobs.site_id, jobs.kind, jobs.status, jobs.attempt, \
     jobs.error_code, jobs.error_message, jobs.usage, jobs.request_id, jobs.created_at, jobs.updated_at, \
     CASE WHEN jobs.status != 'succeeded' THEN NULL \
     WHEN jobs.kind = 'workflow' THEN (SELECT answer FROM answers WHERE answers.job_no = jobs.job_no) \
     ELSE (SELECT result FROM results WHERE results.job_no = jobs.job_no AND step = 0 AND branch = 0) END, \
     jobs.job_no, jobs.ends, jobs.traceparent, jobs.conversation FROM jobs";

/// A row of `jobs` with its answer, as its columns hold it.
pub(super) struct JobRow {
    job_id: String,
    site_id: String,
    kind: String,
    status: String,
    attempt: u32,
    error: Option<(String, String)>,
    usage: Option<String>,
    request_id: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    result: Option<String>,
    pub(super) job_no: i64,
    pub(super) ends: u32,
    pub(super) traceparent: Option<String>,
    pub(super) conversation: Option<String>,
}

impl JobRow {
    pub(super) fn read(row: &dyn Row) -> Result<Self, SqlError> {
        let error: (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
        Ok(Self {
            job_id: row.get(0)?,
            site_id: row.get(1)?,
            kind: row.get(2)?,
            status: row.get(3)?,
            attempt: row.get(4)?,
            error: error.0.zip(error.1),
            usage: row.get(7)?,
            request_id: row.get(8)?,
            created_at: row.get(9)?,
            updated_at: row.get(10)?,
            result: row.get(11)?,
            job_no: row.get(12)?,
            ends: row.get(13)?,
            traceparent: row.get(14)?,
            conversation: row.get(15)?,
        })
    }

    pub(super) fn site(&self) -> Result<SiteId, StoreError> {
        site_id(self.site_id.clone())
    }

    pub(super) fn into_snapshot(self) -> Result<JobSnapshot, StoreError> {
        let status = status(&self.status)?;
        let error = match (self.error, status) {
            (Some((code, message)), JobStatus::Queued | JobStatus::Dead) => {
                Some(JobError { code: error_code(&code)?, message })
            }
            (None, JobStatus::Queued | JobStatus::Dead)
            | (_, JobStatus::Running | JobStatus::Succeeded | JobStatus::Cancelled) => None,
        };
        Ok(JobSnapshot {
            id: job_id(self.job_id)?,
            kind: self.kind,
            status,
            result: self.result.as_deref().map(answer).transpose()?,
            usage: self.usage.as_deref().map(usage).transpose()?,
            error,
            attempt: self.attempt,
            request_id: self.request_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The job as it stands with its number; `None` when the site has no such job.
pub(super) fn numbered_job(
    connection: &Connection,
    site: &SiteId,
    job_id: &JobId,
) -> Result<Option<(i64, JobSnapshot)>, StoreError> {
    let query = format!("SELECT {JOB_COLUMNS} WHERE jobs.job_id = ?1 AND jobs.site_id = ?2");
    let row = connection
        .query_opt(&query, params![job_id.as_str(), site.as_str()], JobRow::read)
        .map_err(failed("read a job"))?;
    row.map(|row| Ok((row.job_no, row.into_snapshot()?))).transpose()
}

/// The job as it stands; `None` when the site has no such job.
pub(super) fn job(
    connection: &Connection,
    site: &SiteId,
    job_id: &JobId,
) -> Result<Option<JobSnapshot>, StoreError> {
    Ok(numbered_job(connection, site, job_id)?.map(|(_, job)| job))
}

/// A job that exists, with its site.
pub(super) fn job_by_no(connection: &Connection, job_no: i64) -> Result<(SiteId, JobSnapshot), StoreError> {
    let row = row_by_no(connection, job_no)?;
    Ok((row.site()?, row.into_snapshot()?))
}

/// The row of a job that exists.
pub(super) fn row_by_no(connection: &Connection, job_no: i64) -> Result<JobRow, StoreError> {
    let query = format!("SELECT {JOB_COLUMNS} WHERE jobs.job_no = ?1");
    connection.query_one(&query, params![job_no], JobRow::read).map_err(failed("read a job"))
}

/// What the outside calls a job that exists.
pub(super) fn names(connection: &Connection, job_no: i64) -> Result<(SiteId, JobId), StoreError> {
    let (site, id): (String, String) = connection
        .query_one("SELECT site_id, job_id FROM jobs WHERE job_no = ?1", params![job_no], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(failed("read a job"))?;
    Ok((site_id(site)?, job_id(id)?))
}

/// What was submitted, as the columns hold it.
pub(super) struct SpecRow {
    job_id: String,
    site_id: String,
    idempotency_key: String,
    request_id: String,
    traceparent: Option<String>,
    prompt_hash: Option<String>,
    subject: Option<String>,
    conversation: Option<String>,
    priority: String,
    created_at: Timestamp,
    kind: String,
    life_began_at: Timestamp,
    deadline_at: Timestamp,
    payload: String,
}

impl SpecRow {
    /// Reads the first columns of [`super::lease::HEADS`].
    pub(super) fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self {
            job_id: row.get(0)?,
            site_id: row.get(1)?,
            idempotency_key: row.get(2)?,
            request_id: row.get(3)?,
            traceparent: row.get(4)?,
            prompt_hash: row.get(5)?,
            subject: row.get(6)?,
            conversation: row.get(7)?,
            priority: row.get(8)?,
            created_at: row.get(9)?,
            kind: row.get(10)?,
            life_began_at: row.get(11)?,
            deadline_at: row.get(12)?,
            payload: row.get(13)?,
        })
    }

    /// Whose job it is.
    pub(super) fn site(&self) -> Result<SiteId, StoreError> {
        site_id(self.site_id.clone())
    }

    /// When this life of the job must have ended.
    pub(super) fn deadline(&self) -> Timestamp {
        self.deadline_at
    }

    /// The spec, with the present life's times in place of those that were asked for.
    pub(super) fn into_spec(self) -> Result<JobSpec, StoreError> {
        let (began, deadline) = (self.life_began_at, self.deadline_at);
        let work = match self.kind.as_str() {
            "chat" => {
                Work::Chat(serde_json::from_str(&self.payload).map_err(inconsistent("payloads.payload"))?)
            }
            "workflow" => {
                Work::Workflow(serde_json::from_str(&self.payload).map_err(inconsistent("payloads.payload"))?)
            }
            _ => return Err(inconsistent("jobs.kind")(UnknownWord(self.kind))),
        };
        Ok(JobSpec {
            id: job_id(self.job_id)?,
            idempotency_key: self.idempotency_key,
            request_id: self.request_id,
            traceparent: self.traceparent,
            prompt_hash: self.prompt_hash,
            subject: self.subject,
            conversation: self.conversation,
            priority: priority(&self.priority)?,
            run_at: Some(began),
            deadline_ms: u64::try_from(deadline.since(began).as_millis()).ok(),
            created_at: self.created_at,
            work,
        })
    }
}

fn answer(result: &str) -> Result<Answer, StoreError> {
    serde_json::from_str(result).map_err(inconsistent("results.result"))
}

pub(super) fn job_id(text: String) -> Result<JobId, StoreError> {
    text.try_into().map_err(inconsistent("jobs.job_id"))
}

pub(super) fn site_id(text: String) -> Result<SiteId, StoreError> {
    text.try_into().map_err(inconsistent("jobs.site_id"))
}

pub(super) fn status(word: &str) -> Result<JobStatus, StoreError> {
    word.parse().map_err(|()| inconsistent("jobs.status")(UnknownWord(word.to_owned())))
}

pub(super) fn priority(word: &str) -> Result<Priority, StoreError> {
    word.parse().map_err(|()| inconsistent("jobs.priority")(UnknownWord(word.to_owned())))
}

pub(super) fn cause(word: &str) -> Result<Cause, StoreError> {
    word.parse().map_err(|()| inconsistent("jobs.cause")(UnknownWord(word.to_owned())))
}

/// A word of a fixed list.
pub(super) fn word<T: std::str::FromStr>(text: &str, column: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| inconsistent(column)(UnknownWord(text.to_owned())))
}

pub(super) fn usage(json: &str) -> Result<Usage, StoreError> {
    serde_json::from_str(json).map_err(inconsistent("jobs.usage"))
}

pub(super) fn to_json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(inconsistent(column))
}

/// Sites as one parameter: `REPLACE(?1, ',' || site_id || ',', '') = ?1` is true for a site that is not among
/// them, in both engines. No site's name holds a comma.
pub(super) fn list(sites: &[SiteId]) -> String {
    sites.iter().fold(",".to_owned(), |list, site| list + site.as_str() + ",")
}

pub(super) fn error_code(word: &str) -> Result<ErrorCode, StoreError> {
    ErrorCode::deserialize(word.into_deserializer())
        .map_err(|error: ValueError| inconsistent("jobs.error_code")(error))
}

/// A value that does not fit its column's description.
pub(super) fn inconsistent<E>(column: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: StdError + Send + Sync + 'static,
{
    move |source| StoreError::Inconsistent { column, source: Box::new(source) }
}

#[derive(Debug, Error)]
#[error("the word {0:?} is not known")]
struct UnknownWord(String);
