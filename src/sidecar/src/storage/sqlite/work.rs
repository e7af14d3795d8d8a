//! The side of the worker.

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{JobError, JobId, JobStatus, SiteId, Usage};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::row::{self, SPEC_COLUMNS, SpecRow};
use super::{SqliteStore, attempts, end, failed, hops, sweep};
use crate::jobs::store::{
    AfterFailure, Completed, Failed, Fenced, Lease, LeasedJob, Orphans, Recovery, Swept, WorkStore,
};
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;

impl WorkStore for SqliteStore {
    fn recover(&self, now: Timestamp, orphans: Orphans, poison_after: u32) -> StoreFuture<'_, Recovery> {
        Box::pin(
            self.write("recover jobs", move |connection| recover(connection, now, orphans, poison_after)),
        )
    }

    fn lease(&self, now: Timestamp, until: Timestamp, limit: usize) -> StoreFuture<'_, Vec<LeasedJob>> {
        Box::pin(self.write("lease jobs", move |connection| lease(connection, now, until, limit)))
    }

    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>> {
        Box::pin(self.read("find the next job", |connection| {
            let next: Option<i64> = connection
                .prepare_cached("SELECT MIN(run_at) FROM jobs WHERE status = 'queued'")
                .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
                .map_err(failed("find the next job"))?;
            Ok(next.map(Timestamp::from_micros))
        }))
    }

    fn renew(&self, lease: Lease, until: Timestamp) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("renew a lease", move |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE jobs SET lease_until = ?3 \
                     WHERE job_id = ?1 AND attempt = ?2 AND status = 'running'",
                )
                .and_then(|mut statement| {
                    statement.execute(params![lease.job_id.as_str(), lease.attempt, until.as_micros()])
                })
                .map_err(failed("renew a lease"))?;
            Ok(if changed == 1 { Fenced::Held } else { Fenced::Stale })
        }))
    }

    fn append(&self, lease: Lease, text: String) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("keep text", move |connection| {
            fenced(connection, &lease, |_| attempts::append(connection, &lease.job_id, lease.attempt, &text))
        }))
    }

    fn complete(&self, lease: Lease, now: Timestamp, completed: Completed) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("complete a job", move |connection| {
            fenced(connection, &lease, |held| complete(connection, &lease, held, now, &completed))
        }))
    }

    fn fail(&self, lease: Lease, now: Timestamp, failure: Failed) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("record a failed attempt", move |connection| {
            fenced(connection, &lease, |held| fail(connection, &lease, held, now, &failure))
        }))
    }

    fn give_back(&self, lease: Lease, now: Timestamp) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("give a job back", move |connection| {
            fenced(connection, &lease, |_| {
                attempts::abandon(connection, &lease.job_id, lease.attempt, now)?;
                requeue(connection, &lease.job_id, now, now)?;
                let detail = json!({ "attempt": lease.attempt });
                hops::record(connection, &lease.job_id, names::HOP_GIVEN_BACK, now, &detail)
            })
        }))
    }

    fn sweep(&self, now: Timestamp, ended_before: Timestamp) -> StoreFuture<'_, Swept> {
        Box::pin(self.write("sweep", move |connection| sweep::sweep(connection, now, ended_before)))
    }
}

/// What a holder of a lease may need to know.
struct Held {
    site: SiteId,
    usage: Option<Usage>,
}

/// Makes a change if the lease is held.
fn fenced(
    connection: &Connection,
    lease: &Lease,
    change: impl FnOnce(&Held) -> Result<(), StoreError>,
) -> Result<Fenced, StoreError> {
    let query = "SELECT site_id, usage FROM jobs WHERE job_id = ?1 AND attempt = ?2 AND status = 'running'";
    let found: Option<(String, Option<String>)> = connection
        .prepare_cached(query)
        .and_then(|mut statement| {
            statement
                .query_row(params![lease.job_id.as_str(), lease.attempt], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })
        .map_err(failed("check a lease"))?;
    let Some((site, usage)) = found else { return Ok(Fenced::Stale) };
    let usage = usage.as_deref().map(row::usage).transpose()?;
    change(&Held { site: row::site_id(site)?, usage })?;
    Ok(Fenced::Held)
}

fn lease(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<LeasedJob>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT job_id, run_at FROM jobs WHERE status = 'queued' AND run_at <= ?1 ORDER BY run_at LIMIT ?2",
        )
        .map_err(failed("lease jobs"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let due: Vec<(String, i64)> = statement
        .query_map(params![now.as_micros(), limit], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(failed("lease jobs"))?;
    let mut leased = Vec::with_capacity(due.len());
    for (job_id, run_at) in due {
        let job_id = row::job_id(job_id)?;
        let taken = take(connection, &job_id, now, until)?;
        let attempt = taken.attempt;
        match taken.into_leased(Timestamp::from_micros(run_at)) {
            Ok(job) => leased.push(job),
            // One row that cannot be read must not hold up all the others for ever.
            Err((site, StoreError::Inconsistent { column, source: _ })) => {
                tracing::error!({ names::JOB_ID } = %job_id, column,
                    "a job cannot be read and is given up");
                attempts::abandon(connection, &job_id, attempt, now)?;
                let message = format!("the daemon cannot read what it kept of the job ({column})");
                bury(connection, &site, &job_id, now, &JobError { code: ErrorCode::Internal, message })?;
            }
            Err((_, error @ (StoreError::Unavailable(..) | StoreError::Stopped))) => return Err(error),
        }
    }
    Ok(leased)
}

/// A job that was marked as running.
struct Taken {
    site: SiteId,
    attempt: u32,
    failures: u32,
    life_began_at: Timestamp,
    spec: SpecRow,
}

impl Taken {
    fn into_leased(self, due_at: Timestamp) -> Result<LeasedJob, (SiteId, StoreError)> {
        let spec = self.spec.into_spec().map_err(|error| (self.site.clone(), error))?;
        Ok(LeasedJob {
            lease: Lease { job_id: spec.id.clone(), attempt: self.attempt },
            site: self.site,
            spec,
            due_at,
            failures: self.failures,
            life_began_at: self.life_began_at,
        })
    }
}

fn take(
    connection: &Connection,
    job_id: &JobId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Taken, StoreError> {
    let (site, attempt, failures, life_began_at): (String, u32, u32, i64) = connection
        .prepare_cached(
            "UPDATE jobs SET status = 'running', attempt = attempt + 1, lease_until = ?3, run_at = NULL, \
             updated_at = ?2 WHERE job_id = ?1 RETURNING site_id, attempt, failures, life_began_at",
        )
        .and_then(|mut statement| {
            statement.query_row(params![job_id.as_str(), now.as_micros(), until.as_micros()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
        })
        .map_err(failed("lease a job"))?;
    attempts::begin(connection, job_id, attempt, now)?;
    hops::record(connection, job_id, names::HOP_LEASED, now, &json!({ "attempt": attempt }))?;
    let spec = connection
        .prepare_cached(&format!("SELECT {SPEC_COLUMNS} WHERE jobs.job_id = ?1"))
        .and_then(|mut statement| statement.query_row([job_id.as_str()], SpecRow::read))
        .map_err(failed("lease a job"))?;
    let life_began_at = Timestamp::from_micros(life_began_at);
    Ok(Taken { site: row::site_id(site)?, attempt, failures, life_began_at, spec })
}

fn complete(
    connection: &Connection,
    lease: &Lease,
    held: &Held,
    now: Timestamp,
    completed: &Completed,
) -> Result<(), StoreError> {
    let answer = &completed.answer;
    connection
        .prepare_cached(
            "INSERT INTO answers (job_id, text, finish_reason, model, provider) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                lease.job_id.as_str(),
                answer.text,
                answer.finish_reason,
                answer.model,
                answer.provider,
            ])
        })
        .map_err(failed("keep an answer"))?;
    let usage = row::to_json(&sum(held.usage.as_ref(), &completed.usage), "jobs.usage")?;
    connection
        .prepare_cached(
            "UPDATE jobs SET usage = ?2, error_code = NULL, error_message = NULL WHERE job_id = ?1",
        )
        .and_then(|mut statement| statement.execute(params![lease.job_id.as_str(), usage]))
        .map_err(failed("keep an answer"))?;
    attempts::succeed(connection, &lease.job_id, lease.attempt, now)?;
    completed.hops.iter().try_for_each(|hop| hops::insert(connection, &lease.job_id, hop))?;
    end::end(connection, &held.site, &lease.job_id, JobStatus::Succeeded, now)
}

fn fail(
    connection: &Connection,
    lease: &Lease,
    held: &Held,
    now: Timestamp,
    failure: &Failed,
) -> Result<(), StoreError> {
    attempts::fail(connection, &lease.job_id, lease.attempt, now, &failure.error)?;
    failure.hops.iter().try_for_each(|hop| hops::insert(connection, &lease.job_id, hop))?;
    let usage = match &failure.usage {
        Some(usage) => Some(sum(held.usage.as_ref(), usage)),
        None => held.usage.clone(),
    };
    let usage = usage.map(|usage| row::to_json(&usage, "jobs.usage")).transpose()?;
    connection
        .prepare_cached(
            "UPDATE jobs SET failures = failures + 1, usage = ?2, error_code = ?3, error_message = ?4 \
             WHERE job_id = ?1",
        )
        .and_then(|mut statement| {
            let (code, message) = (failure.error.code.as_str(), &failure.error.message);
            statement.execute(params![lease.job_id.as_str(), usage, code, message])
        })
        .map_err(failed("record a failed attempt"))?;
    match failure.next {
        AfterFailure::RetryAt(run_at) => {
            requeue(connection, &lease.job_id, now, run_at)?;
            let wait_ms = u64::try_from(run_at.since(now).as_millis()).unwrap_or(u64::MAX);
            let detail = json!({ "attempt": lease.attempt, "wait_ms": wait_ms });
            hops::record(connection, &lease.job_id, names::HOP_RETRY, now, &detail)
        }
        AfterFailure::Dead => end::end(connection, &held.site, &lease.job_id, JobStatus::Dead, now),
    }
}

fn requeue(
    connection: &Connection,
    job_id: &JobId,
    now: Timestamp,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE jobs SET status = 'queued', run_at = ?3, lease_until = NULL, updated_at = ?2 \
             WHERE job_id = ?1",
        )
        .and_then(|mut statement| {
            statement.execute(params![job_id.as_str(), now.as_micros(), run_at.as_micros()])
        })
        .map(drop)
        .map_err(failed("put a job back"))
}

fn recover(
    connection: &Connection,
    now: Timestamp,
    orphans: Orphans,
    poison_after: u32,
) -> Result<Recovery, StoreError> {
    let before = match orphans {
        Orphans::OfPreviousProcess => i64::MAX,
        Orphans::OfExpiredLease => now.as_micros(),
    };
    let mut statement = connection
        .prepare_cached(
            "UPDATE jobs SET crashes = crashes + 1 WHERE status = 'running' AND lease_until <= ?1 \
             RETURNING job_id, site_id, attempt, crashes",
        )
        .map_err(failed("recover jobs"))?;
    let found: Vec<(String, String, u32, u32)> = statement
        .query_map([before], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .and_then(Iterator::collect)
        .map_err(failed("recover jobs"))?;
    let mut recovery = Recovery::default();
    for (job_id, site, attempt, crashes) in found {
        let (job_id, site) = (row::job_id(job_id)?, row::site_id(site)?);
        attempts::abandon(connection, &job_id, attempt, now)?;
        let detail = json!({ "attempt": attempt, "crashes": crashes });
        hops::record(connection, &job_id, names::HOP_RECOVERED, now, &detail)?;
        if crashes >= poison_after {
            let message = format!("the daemon ended {crashes} times while it worked on the job");
            bury(connection, &site, &job_id, now, &JobError { code: ErrorCode::Poison, message })?;
            recovery.poisoned.push((site, job_id));
        } else {
            requeue(connection, &job_id, now, now)?;
            recovery.requeued.push((site, job_id));
        }
    }
    Ok(recovery)
}

/// Ends a job as dead that no worker holds.
fn bury(
    connection: &Connection,
    site: &SiteId,
    job_id: &JobId,
    now: Timestamp,
    error: &JobError,
) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE jobs SET error_code = ?2, error_message = ?3 WHERE job_id = ?1",
            params![job_id.as_str(), error.code.as_str(), error.message],
        )
        .map_err(failed("give a job up"))?;
    end::end(connection, site, job_id, JobStatus::Dead, now)
}

/// What all charged attempts used together. The cost is that of the attempts whose price is known.
fn sum(earlier: Option<&Usage>, usage: &Usage) -> Usage {
    let Some(earlier) = earlier else { return usage.clone() };
    let cost_microusd = match (earlier.cost_microusd, usage.cost_microusd) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
    };
    Usage {
        input_tokens: earlier.input_tokens.saturating_add(usage.input_tokens),
        cached_input_tokens: earlier.cached_input_tokens.saturating_add(usage.cached_input_tokens),
        output_tokens: earlier.output_tokens.saturating_add(usage.output_tokens),
        reasoning_tokens: earlier.reasoning_tokens.saturating_add(usage.reasoning_tokens),
        cost_microusd,
        is_estimate: earlier.is_estimate || usage.is_estimate,
    }
}
