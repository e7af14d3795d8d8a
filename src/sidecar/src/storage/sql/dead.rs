//! Dead letters.

use platen_core::clock::Timestamp;
use platen_core::job::{Cause, JobError, JobId, SiteId};
use platen_core::wire::JobRef;

use super::connection::{Connection, Row, SqlError, params};
use super::{Store, failed, replay, row};
use crate::jobs::store::{AttemptRecord, Content, DeadFilter, DeadLetter, DeadStore, ListedJob};
use crate::storage::{Line, StoreError, StoreFuture};

/// The rows that a filter means. Each part of it is true when it is not given.
const MATCHES: &str = "jobs.finished_at IS NOT NULL AND jobs.status = 'dead' \
     AND jobs.finished_at >= COALESCE(CAST(?1 AS BIGINT), 0) \
     AND jobs.finished_at < COALESCE(CAST(?2 AS BIGINT), 9223372036854775807) \
     AND (CAST(?3 AS TEXT) IS NULL OR jobs.site_id = ?3) AND (CAST(?4 AS TEXT) IS NULL OR jobs.cause = ?4) \
     AND (CAST(?5 AS TEXT) IS NULL OR jobs.job_id = ?5)";

/// A job without content has nothing to begin with.
const REPLAYABLE: &str = "jobs.purged_at IS NULL";

/// A webhook that is still to be delivered keeps its job.
const SETTLED: &str = "NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.job_no = jobs.job_no \
     AND deliveries.next_at IS NOT NULL)";

impl DeadStore for Store {
    fn dead(&self, filter: DeadFilter, limit: u32) -> StoreFuture<'_, Vec<DeadLetter>> {
        Box::pin(self.read("list dead letters", move |connection| list(connection, &filter, limit)))
    }

    fn count_dead(&self, filter: DeadFilter) -> StoreFuture<'_, u64> {
        Box::pin(self.read("count dead letters", move |connection| {
            let query = format!("SELECT COUNT(*) FROM jobs WHERE {MATCHES} AND {}", content(&filter));
            let count = select(connection, &query, &filter, None, |row| row.get::<i64>(0))?;
            Ok(count.first().map_or(0, |count| u64::try_from(*count).unwrap_or(0)))
        }))
    }

    fn attempts(&self, job: JobRef) -> StoreFuture<'_, Option<Vec<AttemptRecord>>> {
        Box::pin(self.read("read attempts", move |connection| {
            let found = row::numbered_job(connection, &job.site, &job.job_id)?;
            found.map(|(job_no, _)| attempts(connection, job_no)).transpose()
        }))
    }

    fn replay_dead(&self, filter: DeadFilter, limit: u32, now: Timestamp) -> StoreFuture<'_, Vec<JobId>> {
        Box::pin(self.write_in(Line::Alone, "replay dead letters", move |connection| {
            let query = format!(
                "SELECT job_no, job_id, attempt FROM jobs WHERE {MATCHES} AND {REPLAYABLE} \
                 ORDER BY finished_at LIMIT ?6 /*pg: FOR NO KEY UPDATE SKIP LOCKED */"
            );
            let read = |row: &dyn Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            let found: Vec<(i64, String, u32)> = select(connection, &query, &filter, Some(limit), read)?;
            found
                .into_iter()
                .map(|(job_no, job_id, attempt)| {
                    replay::replay(connection, job_no, attempt, now)?;
                    row::job_id(job_id)
                })
                .collect()
        }))
    }

    fn drop_dead(&self, filter: DeadFilter, limit: u32) -> StoreFuture<'_, u64> {
        Box::pin(self.write_in(Line::Alone, "drop dead letters", move |connection| {
            let query = format!(
                "DELETE FROM jobs WHERE job_no IN (SELECT job_no FROM jobs WHERE {MATCHES} AND {SETTLED} \
                 ORDER BY finished_at LIMIT ?6 /*pg: FOR UPDATE SKIP LOCKED */) RETURNING job_no"
            );
            let dropped = select(connection, &query, &filter, Some(limit), |row| row.get::<i64>(0))?;
            Ok(u64::try_from(dropped.len()).unwrap_or(u64::MAX))
        }))
    }
}

fn content(filter: &DeadFilter) -> &'static str {
    match filter.content {
        Content::Any => "1 = 1",
        Content::Kept => REPLAYABLE,
    }
}

/// Runs a query that has [`MATCHES`] in it.
fn select<T>(
    connection: &Connection,
    query: &str,
    filter: &DeadFilter,
    limit: Option<u32>,
    read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
) -> Result<Vec<T>, StoreError> {
    let site = filter.site.as_ref().map(SiteId::as_str);
    let cause = filter.cause.map(Cause::as_str);
    let job_id = filter.job_id.as_ref().map(JobId::as_str);
    let all = params![filter.since, filter.until, site, cause, job_id, limit];
    let values = if limit.is_some() { &all[..] } else { &all[..5] };
    connection.query_all(query, values, read).map_err(failed("select dead letters"))
}

fn list(connection: &Connection, filter: &DeadFilter, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
    let query = format!(
        "SELECT job_no, cause, finished_at FROM jobs WHERE {MATCHES} AND {} ORDER BY finished_at DESC LIMIT ?6",
        content(filter)
    );
    let read = |row: &dyn Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Vec<(i64, String, Timestamp)> = select(connection, &query, filter, Some(limit), read)?;
    found
        .into_iter()
        .map(|(job_no, cause, died_at)| {
            let (site, snapshot) = row::job_by_no(connection, job_no)?;
            let job = ListedJob { site, snapshot };
            Ok(DeadLetter { job, cause: row::cause(&cause)?, died_at })
        })
        .collect()
}

fn attempts(connection: &Connection, job_no: i64) -> Result<Vec<AttemptRecord>, StoreError> {
    connection
        .query_all(
            "SELECT steps.name, steps.branch, attempts.attempt, began_at, ended_at, outcome, error_code, \
             error_message, partial_text FROM attempts JOIN steps ON steps.job_no = attempts.job_no \
             AND steps.step = attempts.step AND steps.branch = attempts.branch \
             WHERE attempts.job_no = ?1 ORDER BY began_at, attempts.step, attempts.branch, attempts.attempt",
            params![job_no],
            |row| {
                let error: (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
                let record = AttemptRecord {
                    step: row.get(0)?,
                    branch: row.get(1)?,
                    attempt: row.get(2)?,
                    began_at: row.get(3)?,
                    ended_at: row.get(4)?,
                    outcome: row.get(5)?,
                    error: None,
                    partial_text: row.get(8)?,
                };
                Ok((record, error.0.zip(error.1)))
            },
        )
        .map_err(failed("read attempts"))?
        .into_iter()
        .map(|(record, error)| {
            let error = error
                .map(|(code, message)| {
                    Ok::<_, StoreError>(JobError { code: row::error_code(&code)?, message })
                })
                .transpose()?;
            Ok(AttemptRecord { error, ..record })
        })
        .collect()
}
