//! Carrying out what the graph of a job answers to an event, in the caller's transaction.

use std::collections::BTreeMap;

use platen_core::clock::Timestamp;
use platen_core::job::{JobSnapshot, JobStatus, Priority, SiteId};
use platen_core::workflow::{Change, Event, Facts, JobEnd, Progress, Reads, StepIndex, StepStatus, Workflow};
use serde_json::{Value, json};

use super::branches::Due;
use super::connection::{Connection, Row, SqlError, params};
use super::row::{inconsistent, to_json};
use super::{branches, end, failed, hops, row};
use crate::jobs::graph::{Graph, answer_of};
use crate::jobs::store::{Lease, StepInput};
use crate::storage::StoreError;
use crate::telemetry::names;

/// Where the branches of a job stand in the queue.
pub(super) struct Place {
    pub(super) job_no: i64,
    pub(super) site: SiteId,
    pub(super) priority: Priority,
    pub(super) subject: Option<String>,
}

/// Follows an event of a job that was accepted. Gives the job when it has ended.
pub(super) fn follow(
    connection: &Connection,
    job_no: i64,
    event: Event,
    now: Timestamp,
) -> Result<Option<JobSnapshot>, StoreError> {
    let (graph, place) = read(connection, job_no)?;
    advance(connection, &graph, &place, event, Due { run_at: now, now }, None)
}

/// Follows an event; branches that it queues are due at a time. A job that ends with it has used what is given, or what
/// its row says.
pub(super) fn advance(
    connection: &Connection,
    graph: &Graph,
    place: &Place,
    event: Event,
    due: Due,
    usage: Option<&str>,
) -> Result<Option<JobSnapshot>, StoreError> {
    let now = due.now;
    let facts = facts(connection, graph, place.job_no, &graph.reads(&event))?;
    let advanced = graph.follow(event, &facts).map_err(inconsistent("jobs.progress"))?;
    if graph.is_workflow() {
        let progress = to_json(&advanced.progress, "jobs.progress")?;
        connection
            .execute_later(
                "UPDATE jobs SET progress = ?2 WHERE job_no = ?1",
                params![place.job_no, &progress],
            )
            .map_err(failed("keep a job's progress"))?;
    }
    let mut ended = None;
    for change in advanced.changes {
        match change {
            Change::FanOut { step, items } => branches::fan_out(connection, graph, place, step, &items)?,
            Change::Undo { step, of } => branches::undo(connection, graph, place, step, of)?,
            Change::Queue { step, count } => {
                branches::queue(connection, graph, place, step, count, due)?;
            }
            Change::Cancel { step, spares_running } => {
                branches::cancel(connection, place.job_no, step, spares_running, now)?;
            }
            Change::Reopen { step } => branches::reopen(connection, place.job_no, step)?,
            Change::Reset => branches::reset(connection, place.job_no)?,
            Change::StepEnded { step, status } => step_ended(connection, graph, place, step, status, now)?,
            Change::End(end) => {
                ended = Some(finish(connection, graph, place.job_no, &end, now, usage)?);
            }
        }
    }
    Ok(ended)
}

/// A single job's hops tell of its attempts already.
fn step_ended(
    connection: &Connection,
    graph: &Graph,
    place: &Place,
    step: StepIndex,
    status: StepStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !graph.is_workflow() {
        return Ok(());
    }
    let name = graph.step(step).map_or("", |step| step.name());
    let detail = json!({ "step": name, "status": status.as_str() });
    hops::record(connection, place.job_no, names::HOP_STEP_ENDED, now, &detail)
}

fn finish(
    connection: &Connection,
    graph: &Graph,
    job_no: i64,
    ended: &JobEnd,
    now: Timestamp,
    usage: Option<&str>,
) -> Result<JobSnapshot, StoreError> {
    match ended {
        JobEnd::Succeeded { output } => {
            if graph.is_workflow() {
                keep_answer(connection, graph, job_no, *output)?;
            }
            end::end(connection, job_no, JobStatus::Succeeded, now, usage)
        }
        JobEnd::Dead { step: _, error } => end::bury(connection, job_no, now, error),
        JobEnd::Cancelled => end::end(connection, job_no, JobStatus::Cancelled, now, usage),
    }
}

fn keep_answer(
    connection: &Connection,
    graph: &Graph,
    job_no: i64,
    output: StepIndex,
) -> Result<(), StoreError> {
    let answer = to_json(&answer_of(&result(connection, graph, job_no, output)?), "answers.answer")?;
    connection
        .execute_later("INSERT INTO answers (job_no, answer) VALUES (?1, ?2)", params![job_no, &answer])
        .map_err(failed("keep an answer"))
}

/// What [`GraphRow::read`] reads, in its order.
pub(super) const GRAPH_COLUMNS: &str = "jobs.site_id, jobs.priority, jobs.subject, jobs.status, \
     jobs.progress, CASE WHEN jobs.kind = 'workflow' THEN \
         (SELECT definition FROM payloads WHERE payloads.job_no = jobs.job_no) END";

/// What a job's row says of its graph, as the columns hold it.
pub(super) struct GraphRow {
    pub(super) site: String,
    priority: String,
    subject: Option<String>,
    status: String,
    progress: Option<String>,
    definition: Option<String>,
}

impl GraphRow {
    pub(super) fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self {
            site: row.get(0)?,
            priority: row.get(1)?,
            subject: row.get(2)?,
            status: row.get(3)?,
            progress: row.get(4)?,
            definition: row.get(5)?,
        })
    }

    /// The job's graph, and where it stands in the queue.
    pub(super) fn into_graph(self, job_no: i64) -> Result<(Graph, Place), StoreError> {
        let graph = match self.definition {
            Some(definition) => {
                let progress: Option<Progress> = self
                    .progress
                    .as_deref()
                    .map(serde_json::from_str)
                    .transpose()
                    .map_err(inconsistent("jobs.progress"))?;
                Graph::of(workflow(&definition)?, progress)
            }
            None => Graph::single(row::status(&self.status)? == JobStatus::Dead),
        };
        let priority = row::priority(&self.priority)?;
        Ok((graph, Place { job_no, site: row::site_id(self.site)?, priority, subject: self.subject }))
    }
}

/// The job's graph, and where it stands in the queue.
pub(super) fn read(connection: &Connection, job_no: i64) -> Result<(Graph, Place), StoreError> {
    let query = format!("SELECT {GRAPH_COLUMNS} FROM jobs WHERE job_no = ?1");
    let row = connection.query_one(&query, params![job_no], GraphRow::read);
    row.map_err(failed("read a job's graph"))?.into_graph(job_no)
}

pub(super) fn workflow(definition: &str) -> Result<Workflow, StoreError> {
    let mut source = serde_json::Deserializer::from_str(definition);
    Workflow::load(&mut source).map_err(inconsistent("payloads.definition"))
}

fn facts(connection: &Connection, graph: &Graph, job_no: i64, reads: &Reads) -> Result<Facts, StoreError> {
    let input = if reads.input { input(connection, job_no)? } else { Value::Null };
    let results = reads
        .results
        .iter()
        .map(|step| Ok((*step, result(connection, graph, job_no, *step)?)))
        .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    let running = reads
        .running
        .iter()
        .map(|step| Ok((*step, branches::count_running(connection, job_no, *step)?)))
        .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    Ok(Facts { input, results, running })
}

/// The input of a workflow.
pub(super) fn input(connection: &Connection, job_no: i64) -> Result<Value, StoreError> {
    let payload: String = connection
        .query_one("SELECT payload FROM payloads WHERE job_no = ?1", params![job_no], |row| row.get(0))
        .map_err(failed("read a job's input"))?;
    let mut payload: Value = serde_json::from_str(&payload).map_err(inconsistent("payloads.payload"))?;
    Ok(payload.get_mut("input").map(Value::take).unwrap_or_default())
}

/// The result of a step that succeeded: of a fan-out the list of its branches' results.
pub(super) fn result(
    connection: &Connection,
    graph: &Graph,
    job_no: i64,
    step: StepIndex,
) -> Result<Value, StoreError> {
    let texts: Vec<String> = connection
        .query_all(
            "SELECT result FROM results WHERE job_no = ?1 AND step = ?2 ORDER BY branch",
            params![job_no, branches::place(step)],
            |row| row.get(0),
        )
        .map_err(failed("read a result"))?;
    let mut values = texts
        .iter()
        .map(|text| serde_json::from_str(text).map_err(inconsistent("results.result")))
        .collect::<Result<Vec<Value>, _>>()?;
    if graph.step(step).is_some_and(platen_core::workflow::Step::is_fan_out) {
        return Ok(Value::Array(values));
    }
    Ok(values.pop().unwrap_or_default())
}

/// The result of one branch.
pub(super) fn branch_result(
    connection: &Connection,
    job_no: i64,
    step: StepIndex,
    branch: u32,
) -> Result<Value, StoreError> {
    let text: Option<String> = connection
        .query_opt(
            "SELECT result FROM results WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
            params![job_no, branches::place(step), branch],
            |row| row.get(0),
        )
        .map_err(failed("read a result"))?;
    let Some(text) = text else { return Ok(Value::Null) };
    serde_json::from_str(&text).map_err(inconsistent("results.result"))
}

/// What the worker of a workflow's branch needs to know; `None` when the lease is lost.
pub(super) fn step_input(connection: &Connection, lease: &Lease) -> Result<Option<StepInput>, StoreError> {
    let Lease { job_id: _, job_no, step, branch, attempt } = *lease;
    let item: Option<Option<String>> = connection
        .query_opt(
            "SELECT item FROM steps WHERE job_no = ?1 AND step = ?2 AND branch = ?3 AND attempt = ?4 \
             AND status = 'running'",
            params![job_no, step, branch, attempt],
            |row| row.get(0),
        )
        .map_err(failed("read a step's input"))?;
    let Some(item) = item else { return Ok(None) };
    let (graph, _) = read(connection, job_no)?;
    let Some(index) = StepIndex::new(usize::from(step)) else { return Ok(None) };
    let Some(definition) = graph.step(index) else { return Ok(None) };
    let results = definition
        .reads()
        .into_iter()
        .map(|read| Ok((read, result(connection, &graph, job_no, read)?)))
        .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    let undone = match definition.undoes() {
        Some(of) => branch_result(connection, job_no, of, branch)?,
        None => Value::Null,
    };
    let item = item.as_deref().map(serde_json::from_str).transpose().map_err(inconsistent("steps.item"))?;
    Ok(Some(StepInput {
        is_output: graph.workflow().output() == index && !definition.is_fan_out(),
        step: definition.clone(),
        input: input(connection, job_no)?,
        results,
        item: item.unwrap_or_default(),
        undone,
    }))
}
