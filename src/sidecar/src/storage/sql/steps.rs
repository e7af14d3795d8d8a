//! The rows of `steps`: their turns, and their way back into the queue.

use platen_core::clock::Timestamp;

use super::connection::{Connection, News, Row, SqlError, params};
use super::failed;
use crate::jobs::schedule::LaneNo;
use crate::jobs::store::Lease;
use crate::storage::StoreError;

/// Names a branch of a step within the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StepKey {
    pub(super) job_no: i64,
    pub(super) step: u16,
    pub(super) branch: u32,
}

impl StepKey {
    /// Reads the first three columns.
    pub(super) fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self { job_no: row.get(0)?, step: row.get(1)?, branch: row.get(2)? })
    }
}

impl From<&Lease> for StepKey {
    fn from(lease: &Lease) -> Self {
        Self { job_no: lease.job_no, step: lease.step, branch: lease.branch }
    }
}

/// Gives this subject its next turn in the lane: after its own last one, and after the one that was taken last. It
/// stands in `shares` then, where the statement that queues the step reads it.
pub(super) fn give_turn(connection: &Connection, lane: LaneNo, subject: &str) -> Result<(), StoreError> {
    connection
        .execute_later(
            "INSERT INTO shares (lane_no, subject, turn) \
             VALUES (?1, ?2, (SELECT turn FROM lanes WHERE lane_no = ?1) + 1) \
             ON CONFLICT (lane_no, subject) DO UPDATE SET turn = \
             CASE WHEN shares.turn < excluded.turn THEN excluded.turn ELSE shares.turn + 1 END",
            params![lane.0, subject],
        )
        .map_err(failed("give a turn"))
}

/// Puts a running branch back. One that is due at once comes before everyone who waits: it had its turn already.
pub(super) fn put_back(
    connection: &Connection,
    key: StepKey,
    now: Timestamp,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    connection
        .execute_later(
            "UPDATE steps SET status = 'queued', run_at = ?4, lease_until = NULL, owner = NULL, \
             turn = CASE WHEN ?4 <= CAST(?5 AS BIGINT) THEN \
                 (SELECT turn FROM lanes WHERE lanes.lane_no = steps.lane_no) END \
             WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
            params![key.job_no, key.step, key.branch, run_at, now],
        )
        .map_err(failed("put a step back"))?;
    connection.announce(News::WORK);
    stand_queued(connection, key.job_no, now)
}

/// Puts a failed branch on the calendar. It gets its turn when it is due.
pub(super) fn retry_at(
    connection: &Connection,
    key: StepKey,
    now: Timestamp,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    connection
        .execute_later(
            "UPDATE steps SET status = 'queued', failures = failures + 1, run_at = ?4, turn = NULL, \
             lease_until = NULL, owner = NULL WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
            params![key.job_no, key.step, key.branch, run_at],
        )
        .map_err(failed("put a step back"))?;
    stand_queued(connection, key.job_no, now)
}

/// A job of which nothing runs any more and nothing has ended yet is queued again.
fn stand_queued(connection: &Connection, job_no: i64, now: Timestamp) -> Result<(), StoreError> {
    connection
        .execute_later(
            "UPDATE jobs SET status = 'queued', updated_at = ?2 WHERE job_no = ?1 AND NOT EXISTS \
             (SELECT 1 FROM steps WHERE steps.job_no = ?1 \
              AND steps.status IN ('running', 'succeeded', 'dead', 'cancelled'))",
            params![job_no, now],
        )
        .map_err(failed("put a job back"))
}

/// Ends a running branch.
pub(super) fn finish(connection: &Connection, key: StepKey, status: &str) -> Result<(), StoreError> {
    connection
        .execute_later(
            "UPDATE steps SET status = ?4, lease_until = NULL, owner = NULL, run_at = NULL, turn = NULL, \
             failures = failures + CASE WHEN ?4 = 'dead' THEN 1 ELSE 0 END \
             WHERE job_no = ?1 AND step = ?2 AND branch = ?3",
            params![key.job_no, key.step, key.branch, status],
        )
        .map_err(failed("end a step"))?;
    // What waited because of a limit may have room now.
    connection.announce(News::WORK);
    Ok(())
}
