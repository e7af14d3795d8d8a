//! The side of clients and operators.

use platen_core::clock::Timestamp;
use platen_core::job::{JobId, JobSnapshot, JobStatus, SiteId};
use platen_core::wire::{JobRef, Receipt, Submit, Trace};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::row::{JOB_COLUMNS, JobRow};
use super::{SqliteStore, attempts, end, failed, hops, row};
use crate::jobs::store::{Changed, JobFilter, JobStore, ListedJob, Submitted};
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;

impl SqliteStore {
    /// The job of this id, whichever site it belongs to: for operators, never for a site.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn find_anywhere(&self, job_id: JobId) -> Result<Option<ListedJob>, StoreError> {
        self.read("read a job", move |connection| {
            let query = format!("SELECT {JOB_COLUMNS} WHERE jobs.job_id = ?1");
            let row = connection
                .prepare_cached(&query)
                .and_then(|mut statement| statement.query_row([job_id.as_str()], JobRow::read).optional())
                .map_err(failed("read a job"))?;
            row.map(into_listed).transpose()
        })
        .await
    }
}

impl JobStore for SqliteStore {
    fn submit(&self, request: Submit, now: Timestamp) -> StoreFuture<'_, Submitted> {
        Box::pin(self.write("keep a job", move |connection| submit(connection, &request, now)))
    }

    fn submit_many(&self, requests: Vec<Submit>, now: Timestamp) -> StoreFuture<'_, Vec<Submitted>> {
        Box::pin(self.write("keep jobs", move |connection| {
            requests.iter().map(|request| submit(connection, request, now)).collect()
        }))
    }

    fn snapshot(&self, job: JobRef) -> StoreFuture<'_, Option<JobSnapshot>> {
        Box::pin(self.read("read a job", move |connection| row::job(connection, &job.site, &job.job_id)))
    }

    fn trace(&self, job: JobRef) -> StoreFuture<'_, Option<Trace>> {
        Box::pin(self.read("read hops", move |connection| {
            let Some(snapshot) = row::job(connection, &job.site, &job.job_id)? else { return Ok(None) };
            let hops = hops::of_job(connection, &snapshot.id)?;
            Ok(Some(Trace { job_id: snapshot.id, request_id: snapshot.request_id, hops }))
        }))
    }

    fn cancel(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed> {
        Box::pin(self.write("cancel a job", move |connection| {
            change(connection, &job, JobStatus::Cancelled, |before| {
                if before.status == JobStatus::Running {
                    attempts::abandon(connection, &job.job_id, before.attempt, now)?;
                }
                end::end(connection, &job.site, &job.job_id, JobStatus::Cancelled, now)
            })
        }))
    }

    fn replay(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed> {
        Box::pin(self.write("replay a job", move |connection| {
            change(connection, &job, JobStatus::Queued, |before| replay(connection, before, now))
        }))
    }

    fn list(&self, filter: JobFilter) -> StoreFuture<'_, Vec<ListedJob>> {
        Box::pin(self.read("list jobs", move |connection| list(connection, &filter)))
    }

    fn counts(&self) -> StoreFuture<'_, Vec<(JobStatus, u64)>> {
        Box::pin(self.read("count jobs", counts))
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        // Row of an expired token that no site has: it makes a real commit, and the next sweep takes it away.
        Box::pin(self.write("write a test row", |connection| {
            let probe = "INSERT INTO stream_tokens (site_id, token_id, expires_at) VALUES ('', 'probe', 0)
                         ON CONFLICT DO UPDATE SET expires_at = expires_at + 1";
            connection.execute(probe, []).map(drop).map_err(failed("write a test row"))
        }))
    }
}

fn submit(connection: &Connection, request: &Submit, now: Timestamp) -> Result<Submitted, StoreError> {
    let payload = row::payload(&request.job.work)?;
    if let Some(earlier) = find_earlier(connection, request)? {
        return Ok(earlier.compare(request, &payload));
    }
    insert(connection, request, now)?;
    connection
        .prepare_cached("INSERT INTO payloads (job_id, payload) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute(params![request.job.id.as_str(), payload]))
        .map_err(failed("keep a job"))?;
    hops::record(connection, &request.job.id, names::HOP_ACCEPTED, now, &json!({}))?;
    let receipt = Receipt { job_id: request.job.id.clone(), status: JobStatus::Queued, is_duplicate: false };
    Ok(Submitted::Kept(receipt))
}

/// A job that was submitted before with the same key or the same id.
struct Earlier {
    job_id: JobId,
    site: SiteId,
    status: JobStatus,
    kind: String,
    payload: String,
}

impl Earlier {
    fn compare(self, request: &Submit, payload: &str) -> Submitted {
        let is_same_work = self.kind == request.job.work.kind() && self.payload == payload;
        if self.site == request.site && is_same_work {
            Submitted::Kept(Receipt { job_id: self.job_id, status: self.status, is_duplicate: true })
        } else {
            Submitted::Conflict { job_id: self.job_id }
        }
    }
}

/// The key decides before the id: it is what the site promised to be unique.
fn find_earlier(connection: &Connection, request: &Submit) -> Result<Option<Earlier>, StoreError> {
    const COLUMNS: &str = "SELECT jobs.job_id, jobs.site_id, jobs.status, jobs.kind, payloads.payload \
         FROM jobs JOIN payloads ON payloads.job_id = jobs.job_id";
    let by_key = format!("{COLUMNS} WHERE jobs.site_id = ?1 AND jobs.idempotency_key = ?2");
    let by_id = format!("{COLUMNS} WHERE jobs.job_id = ?1");
    let find = |query: &str, values: &[&str]| {
        connection.prepare_cached(query).and_then(|mut statement| {
            statement
                .query_row(rusqlite::params_from_iter(values), |row| {
                    let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok((texts, row.get(3)?, row.get(4)?))
                })
                .optional()
        })
    };
    let found = match find(&by_key, &[request.site.as_str(), &request.job.idempotency_key]) {
        Ok(None) => find(&by_id, &[request.job.id.as_str()]),
        other => other,
    };
    let found = found.map_err(failed("look for an earlier job"))?;
    found
        .map(|((job_id, site, status), kind, payload)| {
            let (job_id, site) = (row::job_id(job_id)?, row::site_id(site)?);
            Ok(Earlier { job_id, site, status: row::status(&status)?, kind, payload })
        })
        .transpose()
}

fn insert(connection: &Connection, request: &Submit, now: Timestamp) -> Result<(), StoreError> {
    let job = &request.job;
    connection
        .prepare_cached(
            "INSERT INTO jobs (job_id, site_id, idempotency_key, request_id, traceparent, prompt_hash, \
             subject, kind, status, run_at, created_at, life_began_at, updated_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', ?9, ?10, ?9, ?9)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                job.id.as_str(),
                request.site.as_str(),
                job.idempotency_key,
                job.request_id,
                job.traceparent,
                job.prompt_hash,
                job.subject,
                job.work.kind(),
                now.as_micros(),
                job.created_at.as_micros(),
            ])
        })
        .map(drop)
        .map_err(failed("keep a job"))
}

/// Makes a change of status if the job's life has it.
fn change(
    connection: &Connection,
    job: &JobRef,
    to: JobStatus,
    apply: impl FnOnce(&JobSnapshot) -> Result<(), StoreError>,
) -> Result<Changed, StoreError> {
    let Some(before) = row::job(connection, &job.site, &job.job_id)? else { return Ok(Changed::NotFound) };
    // A worker puts a running job back with its lease; a client never does.
    let is_allowed = match to {
        JobStatus::Queued => before.status == JobStatus::Dead,
        JobStatus::Running | JobStatus::Succeeded | JobStatus::Dead | JobStatus::Cancelled => {
            before.status.transition(to).is_ok()
        }
    };
    if !is_allowed {
        return Ok(Changed::Not(Box::new(before)));
    }
    apply(&before)?;
    let after = row::job(connection, &job.site, &job.job_id)?;
    Ok(after.map_or(Changed::NotFound, |after| Changed::To(Box::new(after))))
}

fn replay(connection: &Connection, before: &JobSnapshot, now: Timestamp) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE jobs SET status = 'queued', run_at = ?2, life_began_at = ?2, updated_at = ?2, \
             finished_at = NULL, failures = 0, crashes = 0, error_code = NULL, error_message = NULL \
             WHERE job_id = ?1",
            params![before.id.as_str(), now.as_micros()],
        )
        .map_err(failed("replay a job"))?;
    hops::record(connection, &before.id, names::HOP_REPLAYED, now, &json!({ "attempt": before.attempt }))
}

fn list(connection: &Connection, filter: &JobFilter) -> Result<Vec<ListedJob>, StoreError> {
    // UUIDv7 sorts by time of creation.
    let query = format!(
        "SELECT {JOB_COLUMNS} WHERE (?1 IS NULL OR jobs.site_id = ?1) AND (?2 IS NULL OR jobs.status = ?2) \
         ORDER BY jobs.job_id DESC LIMIT ?3"
    );
    let site = filter.site.as_ref().map(SiteId::as_str);
    let status = filter.status.map(JobStatus::as_str);
    let mut statement = connection.prepare(&query).map_err(failed("list jobs"))?;
    let rows = statement
        .query_map(params![site, status, filter.limit], JobRow::read)
        .map_err(failed("list jobs"))?;
    rows.map(|row| into_listed(row.map_err(failed("list jobs"))?)).collect()
}

fn into_listed(row: JobRow) -> Result<ListedJob, StoreError> {
    Ok(ListedJob { site: row.site()?, snapshot: row.into_snapshot()? })
}

fn counts(connection: &Connection) -> Result<Vec<(JobStatus, u64)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT COUNT(*) FROM jobs WHERE status = ?1")
        .map_err(failed("count jobs"))?;
    let count = |status: JobStatus| {
        let count: i64 =
            statement.query_row([status.as_str()], |row| row.get(0)).map_err(failed("count jobs"))?;
        Ok((status, u64::try_from(count).unwrap_or(0)))
    };
    JobStatus::ALL.into_iter().map(count).collect()
}
