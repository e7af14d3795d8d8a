//! Rows become domain types here, and nowhere else.

use std::error::Error as StdError;

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{Answer, JobError, JobId, JobSnapshot, JobSpec, JobStatus, SiteId, Usage, Work};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use thiserror::Error;

use super::failed;
use crate::storage::StoreError;

/// What [`job`] reads, in its order.
pub(super) const JOB_COLUMNS: &str = "jobs.job_id, jobs.site_id, jobs.kind, jobs.status, jobs.attempt, \
     jobs.error_code, jobs.error_message, jobs.usage, jobs.request_id, jobs.created_at, jobs.updated_at, \
     answers.text, answers.finish_reason, answers.model, answers.provider \
     FROM jobs LEFT JOIN answers ON answers.job_id = jobs.job_id";

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
    created_at: i64,
    updated_at: i64,
    answer: Option<Answer>,
}

impl JobRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let error: (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
        let text: Option<String> = row.get(11)?;
        let answer = match text {
            None => None,
            Some(text) => Some(Answer {
                text,
                finish_reason: row.get(12)?,
                model: row.get(13)?,
                provider: row.get(14)?,
            }),
        };
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
            answer,
        })
    }

    pub(super) fn site(&self) -> Result<SiteId, StoreError> {
        self.site_id.clone().try_into().map_err(inconsistent("jobs.site_id"))
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
            result: self.answer,
            usage: self.usage.as_deref().map(usage).transpose()?,
            error,
            attempt: self.attempt,
            request_id: self.request_id,
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        })
    }
}

/// The job as it stands; `None` when the site has no such job.
pub(super) fn job(
    connection: &Connection,
    site: &SiteId,
    job_id: &JobId,
) -> Result<Option<JobSnapshot>, StoreError> {
    let query = format!("SELECT {JOB_COLUMNS} WHERE jobs.job_id = ?1 AND jobs.site_id = ?2");
    let mut statement = connection.prepare_cached(&query).map_err(failed("read a job"))?;
    let row = statement
        .query_row([job_id.as_str(), site.as_str()], JobRow::read)
        .optional()
        .map_err(failed("read a job"))?;
    row.map(JobRow::into_snapshot).transpose()
}

/// What [`SpecRow::read`] reads, in its order.
pub(super) const SPEC_COLUMNS: &str = "jobs.job_id, jobs.idempotency_key, jobs.request_id, jobs.traceparent, \
     jobs.prompt_hash, jobs.subject, jobs.created_at, jobs.kind, payloads.payload \
     FROM jobs JOIN payloads ON payloads.job_id = jobs.job_id";

/// What was submitted, as the columns hold it.
pub(super) struct SpecRow {
    job_id: String,
    idempotency_key: String,
    request_id: String,
    traceparent: Option<String>,
    prompt_hash: Option<String>,
    subject: Option<String>,
    created_at: i64,
    kind: String,
    payload: String,
}

impl SpecRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            job_id: row.get(0)?,
            idempotency_key: row.get(1)?,
            request_id: row.get(2)?,
            traceparent: row.get(3)?,
            prompt_hash: row.get(4)?,
            subject: row.get(5)?,
            created_at: row.get(6)?,
            kind: row.get(7)?,
            payload: row.get(8)?,
        })
    }

    pub(super) fn into_spec(self) -> Result<JobSpec, StoreError> {
        let work = match self.kind.as_str() {
            "chat" => {
                Work::Chat(serde_json::from_str(&self.payload).map_err(inconsistent("payloads.payload"))?)
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
            created_at: Timestamp::from_micros(self.created_at),
            work,
        })
    }
}

/// The text of the `payloads.payload` column: equal text is equal work.
pub(super) fn payload(work: &Work) -> Result<String, StoreError> {
    match work {
        Work::Chat(chat) => serde_json::to_string(chat).map_err(inconsistent("payloads.payload")),
    }
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

pub(super) fn usage(json: &str) -> Result<Usage, StoreError> {
    serde_json::from_str(json).map_err(inconsistent("jobs.usage"))
}

pub(super) fn to_json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(inconsistent(column))
}

fn error_code(word: &str) -> Result<ErrorCode, StoreError> {
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
