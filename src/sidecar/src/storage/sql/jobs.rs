//! The side of clients and operators.

use platen_core::clock::Timestamp;
use platen_core::job::{JobId, JobSnapshot, JobStatus, SiteId};
use platen_core::wire::{JobRef, Trace};
use platen_core::workflow::Event;

use super::connection::{Connection, params};
use super::row::{JOB_COLUMNS, JobRow};
use super::{Store, attempts, failed, graph, hops, locks, replay, row, submit};
use crate::jobs::store::{Changed, JobFilter, JobStore, ListedJob, NewJob, Submitted};
use crate::storage::{Line, StoreError, StoreFuture};
use crate::streaming::store::{StoredProgress, StreamStore};

impl Store {
    /// The job of this id, whichever site it belongs to: for operators, never for a site.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn find_anywhere(&self, job_id: JobId) -> Result<Option<ListedJob>, StoreError> {
        self.read("read a job", move |connection| {
            let query = format!("SELECT {JOB_COLUMNS} WHERE jobs.job_id = ?1");
            let row = connection
                .query_opt(&query, params![job_id.as_str()], JobRow::read)
                .map_err(failed("read a job"))?;
            row.map(into_listed).transpose()
        })
        .await
    }
}

impl JobStore for Store {
    fn submit(&self, jobs: Vec<NewJob>, now: Timestamp) -> StoreFuture<'_, Vec<Submitted>> {
        Box::pin(
            self.write_in(Line::Submits, "keep jobs", move |connection| {
                submit::submit(connection, &jobs, now)
            }),
        )
    }

    fn snapshot(&self, job: JobRef) -> StoreFuture<'_, Option<JobSnapshot>> {
        Box::pin(self.read("read a job", move |connection| row::job(connection, &job.site, &job.job_id)))
    }

    fn trace(&self, job: JobRef) -> StoreFuture<'_, Option<Trace>> {
        Box::pin(self.read("read hops", move |connection| {
            let found = row::numbered_job(connection, &job.site, &job.job_id)?;
            let Some((job_no, snapshot)) = found else { return Ok(None) };
            let hops = hops::of_job(connection, job_no)?;
            Ok(Some(Trace { job_id: snapshot.id, request_id: snapshot.request_id, hops }))
        }))
    }

    fn cancel(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed> {
        Box::pin(self.write("cancel a job", move |connection| {
            change(connection, &job, JobStatus::Cancelled, |job_no, _| {
                graph::follow(connection, job_no, Event::Cancelled, now).map(drop)
            })
        }))
    }

    fn replay(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed> {
        Box::pin(self.write("replay a job", move |connection| {
            change(connection, &job, JobStatus::Queued, |job_no, before| {
                replay::replay(connection, job_no, before.attempt, now)
            })
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
            let probe = "INSERT INTO stream_tokens (site_id, token_id, expires_at) VALUES ('', 'probe', 0) \
                         ON CONFLICT (site_id, token_id) \
                         DO UPDATE SET expires_at = stream_tokens.expires_at + 1";
            connection.execute(probe, params![]).map(drop).map_err(failed("write a test row"))
        }))
    }
}

impl StreamStore for Store {
    fn progress(&self, job: JobRef) -> StoreFuture<'_, Option<StoredProgress>> {
        Box::pin(self.read("read a job's text", move |connection| {
            let found = row::numbered_job(connection, &job.site, &job.job_id)?;
            let Some((job_no, job)) = found else { return Ok(None) };
            let running_text = match job.status {
                JobStatus::Running => attempts::running_text(connection, job_no)?,
                JobStatus::Queued | JobStatus::Succeeded | JobStatus::Dead | JobStatus::Cancelled => None,
            };
            Ok(Some(StoredProgress { job, running_text }))
        }))
    }
}

/// Makes a change of status if the job's life has it.
fn change(
    connection: &Connection,
    job: &JobRef,
    to: JobStatus,
    apply: impl FnOnce(i64, &JobSnapshot) -> Result<(), StoreError>,
) -> Result<Changed, StoreError> {
    locks::job_of(connection, &job.site, &job.job_id)?;
    let found = row::numbered_job(connection, &job.site, &job.job_id)?;
    let Some((job_no, before)) = found else { return Ok(Changed::NotFound) };
    // A worker puts a running job back with its lease; a client never does.
    let is_allowed = match to {
        JobStatus::Queued => before.status == JobStatus::Dead && replay::has_content(connection, job_no)?,
        JobStatus::Running | JobStatus::Succeeded | JobStatus::Dead | JobStatus::Cancelled => {
            before.status.transition(to).is_ok()
        }
    };
    if !is_allowed {
        return Ok(Changed::Not(Box::new(before)));
    }
    apply(job_no, &before)?;
    let after = row::job(connection, &job.site, &job.job_id)?;
    Ok(after.map_or(Changed::NotFound, |after| Changed::To(Box::new(after))))
}

fn list(connection: &Connection, filter: &JobFilter) -> Result<Vec<ListedJob>, StoreError> {
    let query = format!(
        "SELECT {JOB_COLUMNS} WHERE (CAST(?1 AS TEXT) IS NULL OR jobs.site_id = ?1) \
         AND (CAST(?2 AS TEXT) IS NULL OR jobs.status = ?2) \
         ORDER BY jobs.job_no DESC LIMIT ?3"
    );
    let site = filter.site.as_ref().map(SiteId::as_str);
    let status = filter.status.map(JobStatus::as_str);
    connection
        .query_all(&query, params![site, status, filter.limit], JobRow::read)
        .map_err(failed("list jobs"))?
        .into_iter()
        .map(into_listed)
        .collect()
}

fn into_listed(row: JobRow) -> Result<ListedJob, StoreError> {
    Ok(ListedJob { site: row.site()?, snapshot: row.into_snapshot()? })
}

fn counts(connection: &Connection) -> Result<Vec<(JobStatus, u64)>, StoreError> {
    let counted: Vec<(String, u64)> = connection
        .query_all(
            // Each half is counted on an index that holds little else.
            "SELECT status, COUNT(*) FROM jobs WHERE finished_at IS NULL GROUP BY status \
             UNION ALL SELECT status, COUNT(*) FROM jobs WHERE finished_at IS NOT NULL GROUP BY status",
            params![],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(failed("count jobs"))?;
    let count = |status: JobStatus| {
        let found = counted.iter().find(|(word, _)| word == status.as_str());
        (status, found.map_or(0, |(_, count)| *count))
    };
    Ok(JobStatus::ALL.into_iter().map(count).collect())
}
