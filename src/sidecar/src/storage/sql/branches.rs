//! The branches of steps, as the graph wants them.

use platen_core::clock::Timestamp;
use platen_core::workflow::{Step, StepIndex};
use serde_json::Value;

use super::connection::{Connection, News, params};
use super::graph::Place;
use super::row::to_json;
use super::steps::StepKey;
use super::{attempts, failed, locks, steps, submit};
use crate::jobs::graph::Graph;
use crate::jobs::schedule::LaneNo;
use crate::storage::StoreError;

/// A step's place as its column holds it.
pub(super) fn place(step: StepIndex) -> u16 {
    u16::try_from(step.as_usize()).unwrap_or(u16::MAX)
}

/// The lane in which this step waits.
fn lane(connection: &Connection, graph: &Graph, at: &Place, step: StepIndex) -> Result<LaneNo, StoreError> {
    let model = graph.step(step).and_then(Step::model).unwrap_or_default();
    submit::lane(connection, at.priority, &at.site, model)
}

/// Makes a waiting branch per item; one that is left from before a reset begins anew.
pub(super) fn fan_out(
    connection: &Connection,
    graph: &Graph,
    at: &Place,
    step: StepIndex,
    items: &[Value],
) -> Result<(), StoreError> {
    let lane = lane(connection, graph, at, step)?;
    let name = graph.step(step).map_or("", |step| step.name());
    for (branch, item) in (0_u32..).zip(items) {
        let item = to_json(item, "steps.item")?;
        connection
            .execute_later(
                "INSERT INTO steps (job_no, step, branch, name, status, lane_no, item) \
                 VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?6) \
                 ON CONFLICT (job_no, step, branch) DO UPDATE SET \
                 status = 'waiting', item = excluded.item, failures = 0, crashes = 0",
                params![at.job_no, place(step), branch, name, lane.0, &item],
            )
            .map_err(failed("fan a step out"))?;
    }
    Ok(())
}

/// Makes a waiting branch of a compensation for each branch that it undoes.
pub(super) fn undo(
    connection: &Connection,
    graph: &Graph,
    at: &Place,
    step: StepIndex,
    of: StepIndex,
) -> Result<(), StoreError> {
    let lane = lane(connection, graph, at, step)?;
    let name = graph.step(step).map_or("", |step| step.name());
    connection
        .execute_later(
            "INSERT INTO steps (job_no, step, branch, name, status, lane_no, item) \
             SELECT job_no, ?2, branch, ?4, 'waiting', ?5, item FROM steps \
             WHERE job_no = ?1 AND step = ?3 AND status = 'succeeded' \
             ON CONFLICT (job_no, step, branch) DO UPDATE SET \
             status = 'waiting', item = excluded.item, failures = 0, crashes = 0",
            params![at.job_no, place(step), place(of), name, lane.0],
        )
        .map_err(failed("undo a step"))
}

/// When queued branches are due, and what time it is.
#[derive(Clone, Copy)]
pub(super) struct Due {
    pub(super) run_at: Timestamp,
    pub(super) now: Timestamp,
}

impl Due {
    fn is_now(self) -> bool {
        self.run_at <= self.now
    }
}

/// Where a branch waits, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Waits<'a> {
    pub(super) lane: LaneNo,
    pub(super) subject: Option<&'a str>,
    pub(super) due: Due,
}

impl Waits<'_> {
    /// Gives the branch its turn if it is due. The answer is the lane in which it has one.
    fn in_line(self, connection: &Connection) -> Result<Option<i64>, StoreError> {
        if !self.due.is_now() {
            return Ok(None);
        }
        steps::give_turn(connection, self.lane, self.subject())?;
        Ok(Some(self.lane.0))
    }

    fn subject(&self) -> &str {
        self.subject.unwrap_or_default()
    }
}

/// Queues the next waiting branches. The one of a step without a list comes into being here.
pub(super) fn queue(
    connection: &Connection,
    graph: &Graph,
    at: &Place,
    step: StepIndex,
    count: u32,
    due: Due,
) -> Result<(), StoreError> {
    if due.is_now() && connection.is_shared() {
        locks::turns(connection)?;
    }
    let waiting: Vec<(u32, i64)> = connection
        .query_all(
            "SELECT branch, lane_no FROM steps WHERE job_no = ?1 AND step = ?2 AND status = 'waiting' \
             ORDER BY branch LIMIT ?3",
            params![at.job_no, place(step), count],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(failed("queue a step"))?;
    if waiting.is_empty() {
        let name = graph.step(step).map_or("", |step| step.name());
        let lane = lane(connection, graph, at, step)?;
        let key = StepKey { job_no: at.job_no, step: place(step), branch: 0 };
        return begin(connection, key, name, Waits { lane, subject: at.subject.as_deref(), due });
    }
    for (branch, lane_no) in waiting {
        let waits = Waits { lane: LaneNo(lane_no), subject: at.subject.as_deref(), due };
        let in_line = waits.in_line(connection)?;
        connection
            .execute_later(
                "UPDATE steps SET status = 'queued', run_at = ?5, \
                 turn = (SELECT turn FROM shares WHERE shares.lane_no = ?4 AND subject = ?6) \
                 WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
                params![at.job_no, place(step), branch, in_line, due.run_at, waits.subject()],
            )
            .map_err(failed("queue a step"))?;
    }
    connection.announce(News::WORK);
    Ok(())
}

/// Queues the only branch of a step.
pub(super) fn begin(
    connection: &Connection,
    key: StepKey,
    name: &str,
    waits: Waits<'_>,
) -> Result<(), StoreError> {
    let StepKey { job_no, step, branch } = key;
    let in_line = waits.in_line(connection)?;
    connection
        .execute_later(
            "INSERT INTO steps (job_no, step, branch, name, status, lane_no, run_at, turn) \
             VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, \
                 (SELECT turn FROM shares WHERE shares.lane_no = ?7 AND subject = ?8)) \
             ON CONFLICT (job_no, step, branch) DO UPDATE SET \
             status = 'queued', turn = excluded.turn, run_at = excluded.run_at, failures = 0, crashes = 0",
            params![job_no, step, branch, name, waits.lane.0, waits.due.run_at, in_line, waits.subject(),],
        )
        .map_err(failed("queue a step"))?;
    connection.announce(News::WORK);
    Ok(())
}

/// Ends the branches that have not ended; running ones lose their leases unless they are spared.
pub(super) fn cancel(
    connection: &Connection,
    job_no: i64,
    step: StepIndex,
    spares_running: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !spares_running {
        let running: Vec<(StepKey, u32)> = connection
            .query_all(
                "SELECT job_no, step, branch, attempt FROM steps \
                 WHERE job_no = ?1 AND step = ?2 AND status = 'running'",
                params![job_no, place(step)],
                |row| Ok((StepKey::read(row)?, row.get(3)?)),
            )
            .map_err(failed("find running steps"))?;
        for (key, attempt) in running {
            attempts::abandon(connection, key, attempt, now)?;
        }
    }
    connection
        .execute_later(
            "UPDATE steps SET status = 'cancelled', lease_until = NULL, owner = NULL, run_at = NULL, \
             turn = NULL WHERE job_no = ?1 AND step = ?2 \
             AND (status IN ('waiting', 'queued') OR (status = 'running' AND ?3 = 0))",
            params![job_no, place(step), u16::from(spares_running)],
        )
        .map_err(failed("end a step"))
}

/// Lets what failed or was cut off begin anew.
pub(super) fn reopen(connection: &Connection, job_no: i64, step: StepIndex) -> Result<(), StoreError> {
    connection
        .execute_later(
            "UPDATE steps SET status = 'waiting', failures = 0, crashes = 0 \
             WHERE job_no = ?1 AND step = ?2 AND status IN ('dead', 'cancelled')",
            params![job_no, place(step)],
        )
        .map_err(failed("replay a step"))
}

/// Forgets all results. The rows stay, because their attempts must not be counted twice.
pub(super) fn reset(connection: &Connection, job_no: i64) -> Result<(), StoreError> {
    for query in
        ["DELETE FROM results WHERE job_no = ?1", "UPDATE steps SET status = 'cancelled' WHERE job_no = ?1"]
    {
        connection.execute_later(query, params![job_no]).map_err(failed("replay a job"))?;
    }
    Ok(())
}

/// How many branches of a step run.
pub(super) fn count_running(
    connection: &Connection,
    job_no: i64,
    step: StepIndex,
) -> Result<u32, StoreError> {
    connection
        .query_one(
            "SELECT COUNT(*) FROM steps WHERE job_no = ?1 AND step = ?2 AND status = 'running'",
            params![job_no, place(step)],
            |row| row.get(0),
        )
        .map_err(failed("count running steps"))
}
