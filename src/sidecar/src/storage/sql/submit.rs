//! Keeping new jobs. The hot path of the daemon: per job one row in `jobs`, `payloads` and `steps`, and one
//! in `shares` that mostly exists.

use platen_core::clock::Timestamp;
use platen_core::job::{JobId, JobStatus, Priority, SiteId};
use platen_core::wire::Receipt;
use platen_core::workflow::Event;

use super::branches::{Due, Waits};
use super::connection::{Connection, Row, SqlError, params};
use super::graph::Place;
use super::row::inconsistent;
use super::steps::StepKey;
use super::{branches, failed, graph, locks, row};
use crate::jobs::graph::Graph;
use crate::jobs::schedule::LaneNo;
use crate::jobs::store::{NewJob, Submitted};
use crate::storage::StoreError;

/// The living jobs with this input. Only the key leads to an index, whatever an engine thinks of the tables: the site
/// is compared afterwards, and it is the status that says who lives, not `finished_at`.
pub(super) const SAME_INPUT: &str = "SELECT job_id, site_id, status, fingerprint FROM jobs \
     WHERE input_key IN (?1, ?2, ?3) AND subject = ?4 AND fingerprint = ?5 \
     AND conversation IS NOT DISTINCT FROM ?6 AND accepted_at > ?7 AND status IN ('queued', 'running') \
     ORDER BY accepted_at, job_no";

/// A new job. What only PostgreSQL's additions name is nothing to SQLite.
const INSERT: &str = "INSERT INTO jobs (job_id, site_id, idempotency_key, fingerprint, input_key, request_id, \
     traceparent, prompt_hash, subject, conversation, kind, priority, status, created_at, \
     accepted_at, life_began_at, deadline_at, updated_at, output_step) \
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'queued', ?13, ?14, ?15, ?16, ?14, ?17 \
     WHERE TRUE /*pg: AND NOT EXISTS (SELECT 1 FROM jobs WHERE input_key IN (?19, ?20, ?21) \
         AND subject = ?9 AND fingerprint = ?4 AND conversation IS NOT DISTINCT FROM ?10 \
         AND accepted_at > ?22 AND status IN ('queued', 'running')) */ \
     ON CONFLICT DO NOTHING /*pg: RETURNING job_no, \
     (SELECT lane_no FROM lanes WHERE priority = ?12 AND lanes.site_id = ?2 AND model = ?18) */";

/// Keys of one question. The usual window has three at the most.
const KEYS: usize = 3;

pub(super) fn submit(
    connection: &Connection,
    jobs: &[NewJob],
    now: Timestamp,
) -> Result<Vec<Submitted>, StoreError> {
    if jobs.len() > 1 || connection.is_shared() {
        locks::turns(connection)?;
    }
    jobs.iter().map(|job| submit_one(connection, job, now)).collect()
}

fn submit_one(connection: &Connection, job: &NewJob, now: Timestamp) -> Result<Submitted, StoreError> {
    if let Some(input) = job.input {
        locks::words(connection, &["input", &input.to_string()])?;
    }
    let keys = job.input_keys(now);
    // Nearly always the job is new. PostgreSQL's insert looks for the same input itself then, which saves the way there
    // and back of the question; SQLite's would make a table of its own for that.
    if connection.has_other_writers()
        && keys.len() <= KEYS
        && let Some(row) = insert(connection, job, now, &keys)?
    {
        return keep(connection, job, row, now);
    }
    if let Some(running) = find_same_input(connection, job, &keys, now)? {
        // The key decides first: it is what the site promised to be unique.
        let earlier = find_earlier(connection, job)?;
        return Ok(earlier.map_or_else(|| running.into_duplicate(), |earlier| earlier.compare(job)));
    }
    if let Some(row) = insert(connection, job, now, &[])? {
        return keep(connection, job, row, now);
    }
    let earlier = find_earlier(connection, job)?;
    let missing = || inconsistent("jobs.job_id")(SqlError::NoRow);
    earlier.map(|earlier| earlier.compare(job)).ok_or_else(missing)
}

/// The row of a new job, and the lane of a single one if there is one.
#[derive(Clone, Copy)]
struct Inserted {
    job_no: i64,
    lane_no: Option<i64>,
}

/// Writes what belongs to the row of a new job.
fn keep(
    connection: &Connection,
    job: &NewJob,
    row: Inserted,
    now: Timestamp,
) -> Result<Submitted, StoreError> {
    let job_no = row.job_no;
    let definition = job.workflow.as_ref().map(|workflow| &*workflow.json);
    connection
        .execute_later(
            "INSERT INTO payloads (job_no, payload, definition) VALUES (?1, ?2, ?3)",
            params![job_no, &job.payload, definition],
        )
        .map_err(failed("keep a job"))?;
    begin(connection, job, row, now)?;
    let receipt = Receipt { job_id: job.spec.id.clone(), status: JobStatus::Queued, is_duplicate: false };
    Ok(Submitted::Kept(receipt))
}

/// Queues what the job begins with.
fn begin(connection: &Connection, job: &NewJob, row: Inserted, now: Timestamp) -> Result<(), StoreError> {
    let Inserted { job_no, lane_no } = row;
    let (run_at, subject, priority) = (job.run_at(now), job.spec.subject.as_deref(), job.spec.priority);
    if let Some(loaded) = &job.workflow {
        let graph = Graph::of(loaded.workflow.clone(), None);
        let place = Place { job_no, site: job.site.clone(), priority, subject: subject.map(str::to_owned) };
        return graph::advance(connection, &graph, &place, Event::Submitted, Due { run_at, now }, None)
            .map(drop);
    }
    // What the graph of one step answers to `Submitted`, without asking: this is the hot path.
    let lane = match lane_no {
        Some(lane_no) => LaneNo(lane_no),
        None => lane(connection, priority, &job.site, &job.model)?,
    };
    let key = StepKey { job_no, step: 0, branch: 0 };
    branches::begin(connection, key, job.spec.work.kind(), Waits { lane, subject, due: Due { run_at, now } })
}

/// Inserts the row; not when the key or the id is taken, nor, in PostgreSQL, when there may be the same input under one
/// of these keys.
fn insert(
    connection: &Connection,
    job: &NewJob,
    now: Timestamp,
    keys: &[i64],
) -> Result<Option<Inserted>, StoreError> {
    let spec = &job.spec;
    let life_began_at = job.run_at(now);
    connection
        .change_one(
            INSERT,
            params![
                spec.id.as_str(),
                job.site.as_str(),
                &spec.idempotency_key,
                &job.fingerprint[..],
                job.input_key(now),
                &spec.request_id,
                spec.traceparent.as_deref(),
                spec.prompt_hash.as_deref(),
                spec.subject.as_deref(),
                spec.conversation.as_deref(),
                spec.work.kind(),
                spec.priority.as_str(),
                spec.created_at,
                now,
                life_began_at,
                life_began_at.after(job.lifetime()),
                job.workflow.as_ref().map_or(0, |workflow| branches::place(workflow.workflow.output())),
                &job.model,
                key_at(keys, 0),
                key_at(keys, 1),
                key_at(keys, 2),
                now.before(job.same_input_window),
            ],
            (
                "SELECT last_insert_rowid(), \
                 (SELECT lane_no FROM lanes WHERE priority = ?1 AND site_id = ?2 AND model = ?3)",
                params![spec.priority.as_str(), job.site.as_str(), &job.model],
            ),
            |row| Ok(Inserted { job_no: row.get(0)?, lane_no: row.get(1)? }),
        )
        .map_err(failed("keep a job"))
}

/// A job that was submitted before.
struct Earlier {
    job_id: JobId,
    site: SiteId,
    status: JobStatus,
    fingerprint: Vec<u8>,
}

impl Earlier {
    fn read(row: &dyn Row) -> Result<(String, String, String, Vec<u8>), SqlError> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    }

    fn from_row(row: (String, String, String, Vec<u8>)) -> Result<Self, StoreError> {
        let (job_id, site, status, fingerprint) = row;
        Ok(Self {
            job_id: row::job_id(job_id)?,
            site: row::site_id(site)?,
            status: row::status(&status)?,
            fingerprint,
        })
    }

    fn compare(self, job: &NewJob) -> Submitted {
        if self.site == job.site && self.fingerprint == job.fingerprint {
            self.into_duplicate()
        } else {
            Submitted::Conflict { job_id: self.job_id }
        }
    }

    fn into_duplicate(self) -> Submitted {
        Submitted::Kept(Receipt { job_id: self.job_id, status: self.status, is_duplicate: true })
    }
}

/// A job that was submitted before with the same key or the same id.
fn find_earlier(connection: &Connection, job: &NewJob) -> Result<Option<Earlier>, StoreError> {
    let by_key =
        "SELECT job_id, site_id, status, fingerprint FROM jobs WHERE site_id = ?1 AND idempotency_key = ?2";
    let by_id = "SELECT job_id, site_id, status, fingerprint FROM jobs WHERE job_id = ?1";
    let key = params![job.site.as_str(), &job.spec.idempotency_key];
    let found = match connection.query_opt(by_key, key, Earlier::read) {
        Ok(None) => connection.query_opt(by_id, params![job.spec.id.as_str()], Earlier::read),
        other => other,
    };
    found.map_err(failed("look for an earlier job"))?.map(Earlier::from_row).transpose()
}

/// A job of the same user with the same input that was accepted a moment ago and has not ended.
fn find_same_input(
    connection: &Connection,
    job: &NewJob,
    keys: &[i64],
    now: Timestamp,
) -> Result<Option<Earlier>, StoreError> {
    let since = now.before(job.same_input_window);
    let NewJob { site, spec, fingerprint, .. } = job;
    let (subject, conversation) = (spec.subject.as_deref(), spec.conversation.as_deref());
    for keys in keys.chunks(KEYS) {
        let values = params![
            key_at(keys, 0),
            key_at(keys, 1),
            key_at(keys, 2),
            subject,
            &fingerprint[..],
            conversation,
            since
        ];
        let found = connection
            .query_all(SAME_INPUT, values, Earlier::read)
            .map_err(failed("look for the same input"))?;
        if let Some(found) = found.into_iter().find(|(_, of, ..)| of == site.as_str()) {
            return Earlier::from_row(found).map(Some);
        }
    }
    Ok(None)
}

fn key_at(keys: &[i64], place: usize) -> Option<i64> {
    keys.get(place).copied()
}

/// The lane of this priority, site and model; made when it is the first of its kind.
pub(super) fn lane(
    connection: &Connection,
    priority: Priority,
    site: &SiteId,
    model: &str,
) -> Result<LaneNo, StoreError> {
    let values = params![priority.as_str(), site.as_str(), model];
    let find = || {
        let query = "SELECT lane_no FROM lanes WHERE priority = ?1 AND site_id = ?2 AND model = ?3";
        connection.query_opt(query, values, |row| row.get(0)).map_err(failed("find a lane"))
    };
    if let Some(lane_no) = find()? {
        return Ok(LaneNo(lane_no));
    }
    connection
        .execute_later(
            "INSERT INTO lanes (priority, site_id, model) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            values,
        )
        .map_err(failed("make a lane"))?;
    find()?.map(LaneNo).ok_or_else(|| failed("make a lane")(SqlError::NoRow))
}
