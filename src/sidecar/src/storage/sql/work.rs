//! The side of the worker.

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{JobError, JobSnapshot, Usage};
use platen_core::workflow::{Event, StepIndex};
use serde_json::json;

use super::branches::Due;
use super::connection::{Connection, JobChange, Row, SqlError, params};
use super::graph::{GRAPH_COLUMNS, GraphRow};
use super::steps::StepKey;
use super::{Store, attempts, failed, graph, hops, lease, locks, row, steps};
use crate::jobs::store::{
    AfterFailure, Completed, Failed, Fenced, Lease, LeaseRequest, Leased, Orphans, Policy, Recovery, StepEnd,
    StepInput, StepOutput, WorkStore,
};
use crate::storage::{Line, StoreError, StoreFuture};
use crate::telemetry::names;

/// When the next step becomes due.
pub(super) const NEXT_STEP: &str = "SELECT MIN(run_at) FROM steps WHERE status = 'queued' AND turn IS NULL";

/// When the next queued job must have ended.
pub(super) const NEXT_DEADLINE: &str =
    "SELECT MIN(deadline_at) FROM jobs WHERE status = 'queued' AND finished_at IS NULL";

/// The running steps without a worker.
pub(super) const ORPHANS: &str = "SELECT job_no, step, branch, attempt FROM steps \
     WHERE status = 'running' AND lease_until <= ?1 AND owner = COALESCE(?2, owner)";

impl WorkStore for Store {
    fn recover(&self, now: Timestamp, orphans: Orphans, poison_after: u32) -> StoreFuture<'_, Recovery> {
        Box::pin(self.write_in(Line::Alone, "recover jobs", move |connection| {
            recover(connection, now, &orphans, poison_after)
        }))
    }

    fn lease(&self, request: LeaseRequest, policy: Policy) -> StoreFuture<'_, Leased> {
        Box::pin(self.write_in(Line::Alone, "lease steps", move |connection| {
            lease::lease(connection, &request, &policy)
        }))
    }

    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>> {
        Box::pin(self.read("find the next job", |connection| {
            let least = |query: &str| -> Result<Option<Timestamp>, StoreError> {
                connection.query_one(query, params![], |row| row.get(0)).map_err(failed("find the next job"))
            };
            let step = least(NEXT_STEP)?;
            let late = least(NEXT_DEADLINE)?;
            Ok(step.into_iter().chain(late).min())
        }))
    }

    fn input(&self, lease: Lease) -> StoreFuture<'_, Option<StepInput>> {
        Box::pin(self.read("read a step's input", move |connection| graph::step_input(connection, &lease)))
    }

    fn renew(&self, lease: Lease, until: Timestamp) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("renew a lease", move |connection| {
            fenced(connection, &lease, |_| {
                connection
                    .execute_later(
                        "UPDATE steps SET lease_until = ?4 WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
                        params![lease.job_no, lease.step, lease.branch, until],
                    )
                    .map_err(failed("renew a lease"))
            })
        }))
    }

    fn append(&self, lease: Lease, text: String) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("keep text", move |connection| {
            fenced(connection, &lease, |held| {
                attempts::append(connection, held.key, lease.attempt, &text)?;
                held.announce(connection, &lease);
                Ok(())
            })
        }))
    }

    fn complete(&self, lease: Lease, now: Timestamp, completed: Completed) -> StoreFuture<'_, StepEnd> {
        Box::pin(self.write("complete a step", move |connection| {
            ending(connection, &lease, |held, job| complete(connection, held, job, now, &completed))
        }))
    }

    fn fail(&self, lease: Lease, now: Timestamp, failure: Failed) -> StoreFuture<'_, StepEnd> {
        Box::pin(self.write("record a failed attempt", move |connection| {
            ending(connection, &lease, |held, job| {
                let ended = fail(connection, held, job, now, &failure)?;
                held.announce(connection, &lease);
                Ok(ended)
            })
        }))
    }

    fn give_back(&self, lease: Lease, now: Timestamp, run_at: Timestamp) -> StoreFuture<'_, Fenced> {
        Box::pin(self.write("give a step back", move |connection| {
            fenced(connection, &lease, |held| {
                attempts::abandon(connection, held.key, lease.attempt, now)?;
                steps::put_back(connection, held.key, now, run_at)?;
                held.announce(connection, &lease);
                let wait_ms = u64::try_from(run_at.since(now).as_millis()).unwrap_or(u64::MAX);
                let detail = json!({ "attempt": lease.attempt, "wait_ms": wait_ms });
                hops::record(connection, lease.job_no, names::HOP_GIVEN_BACK, now, &detail)
            })
        }))
    }
}

/// What a holder of a lease works on.
struct Held {
    key: StepKey,
    attempt: u32,
    usage: Option<Usage>,
    site: String,
}

impl Held {
    fn of(lease: &Lease, usage: Option<&str>, site: String) -> Result<Self, StoreError> {
        let usage = usage.map(row::usage).transpose()?;
        Ok(Self { key: StepKey::from(lease), attempt: lease.attempt, usage, site })
    }

    /// Whoever watches the job elsewhere is to look at it.
    fn announce(&self, connection: &Connection, lease: &Lease) {
        connection.announce_job(JobChange::Moved, &self.site, lease.job_id.as_str());
    }
}

/// The step of a lease that is held. It holds the job as `locks::job` does, first of the two; whoever has waited for
/// another's change sees both as they are after it.
const HELD: &str = "FROM steps JOIN jobs ON jobs.job_no = steps.job_no \
     WHERE steps.job_no = ?1 AND step = ?2 AND branch = ?3 AND steps.attempt = ?4 \
     AND steps.status = 'running' AND job_id = ?5 /*pg: FOR NO KEY UPDATE OF jobs, steps */";

/// Makes a change if the lease is held.
fn fenced(
    connection: &Connection,
    lease: &Lease,
    change: impl FnOnce(&Held) -> Result<(), StoreError>,
) -> Result<Fenced, StoreError> {
    let query = format!("SELECT usage, jobs.site_id {HELD}");
    let read = |row: &dyn Row| Ok((row.get::<Option<String>>(0)?, row.get(1)?));
    let found = find_held(connection, lease, &query, read)?;
    let Some((usage, site)) = found else { return Ok(Fenced::Stale) };
    change(&Held::of(lease, usage.as_deref(), site)?)?;
    Ok(Fenced::Held)
}

/// Ends an attempt if the lease is held.
fn ending(
    connection: &Connection,
    lease: &Lease,
    end: impl FnOnce(&Held, GraphRow) -> Result<Option<JobSnapshot>, StoreError>,
) -> Result<StepEnd, StoreError> {
    let query = format!("SELECT {GRAPH_COLUMNS}, usage {HELD}");
    let read = |row: &dyn Row| Ok((GraphRow::read(row)?, row.get::<Option<String>>(6)?));
    let found = find_held(connection, lease, &query, read)?;
    let Some((job, usage)) = found else { return Ok(StepEnd::Stale) };
    let held = Held::of(lease, usage.as_deref(), job.site.clone())?;
    Ok(StepEnd::Written(end(&held, job)?.map(Box::new)))
}

/// Holds the job and reads of it; `None` when the lease is lost.
fn find_held<T>(
    connection: &Connection,
    lease: &Lease,
    query: &str,
    read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
) -> Result<Option<T>, StoreError> {
    let Lease { job_id, job_no, step, branch, attempt } = lease;
    connection
        .query_opt(query, params![*job_no, *step, *branch, *attempt, job_id.as_str()], read)
        .map_err(failed("check a lease"))
}

fn complete(
    connection: &Connection,
    held: &Held,
    job: GraphRow,
    now: Timestamp,
    completed: &Completed,
) -> Result<Option<JobSnapshot>, StoreError> {
    let StepKey { job_no, step, branch } = held.key;
    let (graph, place) = job.into_graph(job_no)?;
    let result = match &completed.output {
        StepOutput::Answer(answer) => row::to_json(answer, "results.result")?,
        StepOutput::Value(value) => row::to_json(value, "results.result")?,
    };
    connection
        .execute_later(
            "INSERT INTO results (job_no, step, branch, result) VALUES (?1, ?2, ?3, ?4)",
            params![job_no, step, branch, &result],
        )
        .map_err(failed("keep a result"))?;
    let usage = match &completed.usage {
        Some(usage) => Some(row::to_json(&sum(held.usage.as_ref(), usage), "jobs.usage")?),
        None => held.usage.as_ref().map(|usage| row::to_json(usage, "jobs.usage")).transpose()?,
    };
    // A single job ends with its step, and its row is changed once.
    if graph.is_workflow() {
        connection
            .execute_later(
                "UPDATE jobs SET usage = ?2, error_code = NULL, error_message = NULL WHERE job_no = ?1",
                params![job_no, usage.as_deref()],
            )
            .map_err(failed("keep a result"))?;
    }
    attempts::succeed(connection, held.key, held.attempt, now)?;
    completed.hops.iter().try_for_each(|hop| hops::insert(connection, job_no, hop))?;
    steps::finish(connection, held.key, "succeeded")?;
    let (event, due) = (Event::Succeeded { step: index(step) }, Due { run_at: now, now });
    graph::advance(connection, &graph, &place, event, due, usage.as_deref())
}

/// The place in the definition, as the graph knows it.
fn index(step: u16) -> StepIndex {
    StepIndex::new(usize::from(step)).unwrap_or(StepIndex::FIRST)
}

fn fail(
    connection: &Connection,
    held: &Held,
    job: GraphRow,
    now: Timestamp,
    failure: &Failed,
) -> Result<Option<JobSnapshot>, StoreError> {
    let (job_no, attempt) = (held.key.job_no, held.attempt);
    attempts::fail(connection, held.key, attempt, now, &failure.error)?;
    failure.hops.iter().try_for_each(|hop| hops::insert(connection, job_no, hop))?;
    let usage = match &failure.usage {
        Some(usage) => Some(sum(held.usage.as_ref(), usage)),
        None => held.usage.clone(),
    };
    let usage = usage.map(|usage| row::to_json(&usage, "jobs.usage")).transpose()?;
    let (code, message) = (failure.error.code.as_str(), &failure.error.message);
    connection
        .execute_later(
            "UPDATE jobs SET usage = ?2, error_code = ?3, error_message = ?4 WHERE job_no = ?1",
            params![job_no, usage.as_deref(), code, message],
        )
        .map_err(failed("record a failed attempt"))?;
    match failure.next {
        AfterFailure::RetryAt(run_at) => {
            steps::retry_at(connection, held.key, now, run_at)?;
            let wait_ms = u64::try_from(run_at.since(now).as_millis()).unwrap_or(u64::MAX);
            let detail = json!({ "attempt": attempt, "wait_ms": wait_ms });
            hops::record(connection, job_no, names::HOP_RETRY, now, &detail)?;
            Ok(None)
        }
        AfterFailure::Dead => {
            steps::finish(connection, held.key, "dead")?;
            let event = Event::GaveUp { step: index(held.key.step), error: failure.error.clone() };
            let (graph, place) = job.into_graph(job_no)?;
            graph::advance(connection, &graph, &place, event, Due { run_at: now, now }, None)
        }
    }
}

fn recover(
    connection: &Connection,
    now: Timestamp,
    orphans: &Orphans,
    poison_after: u32,
) -> Result<Recovery, StoreError> {
    let (before, owner) = match orphans {
        Orphans::OfPreviousProcess { owner } => (Timestamp::from_micros(i64::MAX), Some(owner.as_str())),
        Orphans::OfExpiredLease => (now, None),
    };
    let mut found: Vec<(StepKey, u32)> = connection
        .query_all(ORPHANS, params![before, owner], |row| Ok((StepKey::read(row)?, row.get(3)?)))
        .map_err(failed("recover jobs"))?;
    // In the order in which whoever looks at the same time takes them.
    found.sort();
    let mut recovery = Recovery::default();
    for (key, attempt) in found {
        locks::job(connection, key.job_no)?;
        // One that was given up a moment ago takes the other branches of its job with it.
        let Some(crashes) = count_crash(connection, key, attempt, before)? else { continue };
        attempts::abandon(connection, key, attempt, now)?;
        let detail = json!({ "attempt": attempt, "crashes": crashes });
        hops::record(connection, key.job_no, names::HOP_RECOVERED, now, &detail)?;
        if crashes >= poison_after {
            let message = format!("the daemon ended {crashes} times while it worked on the job");
            let error = JobError { code: ErrorCode::Poison, message };
            steps::finish(connection, key, "dead")?;
            graph::follow(connection, key.job_no, Event::GaveUp { step: index(key.step), error }, now)?;
            recovery.poisoned.push(row::names(connection, key.job_no)?);
        } else {
            steps::put_back(connection, key, now, now)?;
            let (site, job_id) = row::names(connection, key.job_no)?;
            connection.announce_job(JobChange::Moved, site.as_str(), job_id.as_str());
            recovery.requeued.push((site, job_id));
        }
    }
    Ok(recovery)
}

/// Counts a crash of a running branch; `None` when it has no orphan any more.
fn count_crash(
    connection: &Connection,
    key: StepKey,
    attempt: u32,
    before: Timestamp,
) -> Result<Option<u32>, StoreError> {
    connection
        .query_opt(
            "UPDATE steps SET crashes = crashes + 1 WHERE job_no = ?1 AND step = ?2 AND branch = ?3 \
             AND attempt = ?4 AND status = 'running' AND lease_until <= ?5 RETURNING crashes",
            params![key.job_no, key.step, key.branch, attempt, before],
            |row| row.get(0),
        )
        .map_err(failed("recover a job"))
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
