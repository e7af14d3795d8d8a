//! Dead letters.

use platen_core::clock::Timestamp;
use platen_core::job::{Cause, JobError, JobId, SiteId};
use platen_core::wire::JobRef;
use rusqlite::{Connection, Row, named_params, params};

use super::{SqliteStore, failed, replay, row};
use crate::jobs::store::{AttemptRecord, DeadFilter, DeadLetter, DeadStore, ListedJob};
use crate::storage::{StoreError, StoreFuture};

/// The rows that a filter means. Each part of it is true when it is not given.
const MATCHES: &str = "jobs.finished_at IS NOT NULL AND jobs.status = 'dead' \
     AND jobs.finished_at >= COALESCE(:since, 0) AND jobs.finished_at < COALESCE(:until, 9223372036854775807) \
     AND (:site IS NULL OR jobs.site_id = :site) AND (:cause IS NULL OR jobs.cause = :cause) \
     AND (:job_id IS NULL OR jobs.job_id = :job_id)";

/// A webhook that is still to be delivered keeps its job.
const SETTLED: &str = "NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.job_no = jobs.job_no \
     AND deliveries.next_at IS NOT NULL)";

impl DeadStore for SqliteStore {
    fn dead(&self, filter: DeadFilter, limit: u32) -> StoreFuture<'_, Vec<DeadLetter>> {
        Box::pin(self.read("list dead letters", move |connection| list(connection, &filter, limit)))
    }

    fn count_dead(&self, filter: DeadFilter) -> StoreFuture<'_, u64> {
        Box::pin(self.read("count dead letters", move |connection| {
            let query = format!("SELECT COUNT(*) FROM jobs WHERE {MATCHES}");
            let count = select(connection, &query, &filter, None, |row| row.get::<_, i64>(0))?;
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
        Box::pin(self.write("replay dead letters", move |connection| {
            let query = format!(
                "SELECT job_no, job_id, attempt FROM jobs WHERE {MATCHES} ORDER BY finished_at LIMIT :limit"
            );
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
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
        Box::pin(self.write("drop dead letters", move |connection| {
            let query = format!(
                "DELETE FROM jobs WHERE job_no IN (SELECT job_no FROM jobs WHERE {MATCHES} AND {SETTLED} \
                 ORDER BY finished_at LIMIT :limit) RETURNING job_no"
            );
            let dropped = select(connection, &query, &filter, Some(limit), |row| row.get::<_, i64>(0))?;
            Ok(u64::try_from(dropped.len()).unwrap_or(u64::MAX))
        }))
    }
}

/// Runs a query that has [`MATCHES`] in it.
fn select<T>(
    connection: &Connection,
    query: &str,
    filter: &DeadFilter,
    limit: Option<u32>,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let (since, until) = (filter.since.map(Timestamp::as_micros), filter.until.map(Timestamp::as_micros));
    let site = filter.site.as_ref().map(SiteId::as_str);
    let cause = filter.cause.map(Cause::as_str);
    let job_id = filter.job_id.as_ref().map(JobId::as_str);
    let mut values: Vec<(&str, &dyn rusqlite::ToSql)> = named_params! {
        ":since": since, ":until": until, ":site": site, ":cause": cause, ":job_id": job_id,
    }
    .to_vec();
    if let Some(limit) = &limit {
        values.push((":limit", limit));
    }
    connection
        .prepare(query)
        .and_then(|mut statement| statement.query_map(&values[..], read)?.collect())
        .map_err(failed("select dead letters"))
}

fn list(connection: &Connection, filter: &DeadFilter, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
    let query = format!(
        "SELECT job_no, cause, finished_at FROM jobs WHERE {MATCHES} ORDER BY finished_at DESC LIMIT :limit"
    );
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Vec<(i64, String, i64)> = select(connection, &query, filter, Some(limit), read)?;
    found
        .into_iter()
        .map(|(job_no, cause, died_at)| {
            let (site, snapshot) = row::job_by_no(connection, job_no)?;
            let job = ListedJob { site, snapshot };
            Ok(DeadLetter { job, cause: row::cause(&cause)?, died_at: Timestamp::from_micros(died_at) })
        })
        .collect()
}

fn attempts(connection: &Connection, job_no: i64) -> Result<Vec<AttemptRecord>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT steps.name, steps.branch, attempts.attempt, began_at, ended_at, outcome, error_code, \
             error_message, partial_text FROM attempts JOIN steps ON steps.job_no = attempts.job_no \
             AND steps.step = attempts.step AND steps.branch = attempts.branch \
             WHERE attempts.job_no = ?1 ORDER BY began_at, attempts.step, attempts.branch, attempts.attempt",
        )
        .map_err(failed("read attempts"))?;
    let rows = statement
        .query_map(params![job_no], |row| {
            let error: (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
            let record = AttemptRecord {
                step: row.get(0)?,
                branch: row.get(1)?,
                attempt: row.get(2)?,
                began_at: Timestamp::from_micros(row.get(3)?),
                ended_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_micros),
                outcome: row.get(5)?,
                error: None,
                partial_text: row.get(8)?,
            };
            Ok((record, error.0.zip(error.1)))
        })
        .map_err(failed("read attempts"))?;
    rows.map(|row| {
        let (record, error) = row.map_err(failed("read attempts"))?;
        let error = error
            .map(|(code, message)| Ok::<_, StoreError>(JobError { code: row::error_code(&code)?, message }))
            .transpose()?;
        Ok(AttemptRecord { error, ..record })
    })
    .collect()
}
