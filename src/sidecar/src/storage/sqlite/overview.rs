//! What waits and what runs, read without looking at every row.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};

use super::{failed, row};
use crate::jobs::schedule::{LaneLoad, LaneNo, Overview};
use crate::storage::StoreError;

/// Jumps from lane to lane along the index of due steps.
pub(super) const WAITING_LANES: &str = "WITH RECURSIVE lane (lane_no) AS ( \
       SELECT MIN(lane_no) FROM steps WHERE turn IS NOT NULL \
       UNION ALL \
       SELECT (SELECT MIN(lane_no) FROM steps WHERE turn IS NOT NULL AND steps.lane_no > lane.lane_no) \
       FROM lane WHERE lane.lane_no IS NOT NULL \
     ) SELECT lane.lane_no, (SELECT COUNT(*) FROM (SELECT 1 FROM steps \
         WHERE turn IS NOT NULL AND steps.lane_no = lane.lane_no LIMIT ?1)) \
     FROM lane WHERE lane.lane_no IS NOT NULL";

/// Counts what runs, for all and for the one who asks.
pub(super) const RUNNING_LANES: &str = "SELECT lane_no, COUNT(*), SUM(owner = ?1) FROM steps \
     WHERE status = 'running' GROUP BY lane_no";

/// The lanes in which something is due or runs. No lane is counted further than the free slots.
pub(super) fn read(connection: &Connection, owner: &str, slots: usize) -> Result<Overview, StoreError> {
    let mut loads: HashMap<i64, (usize, usize, usize)> = HashMap::new();
    let limit = i64::try_from(slots).unwrap_or(i64::MAX);
    for (lane_no, waiting, _) in query(connection, WAITING_LANES, params![limit], false)? {
        loads.entry(lane_no).or_default().0 = waiting;
    }
    if loads.is_empty() {
        return Ok(Overview::default());
    }
    for (lane_no, running, here) in query(connection, RUNNING_LANES, params![owner], true)? {
        let load = loads.entry(lane_no).or_default();
        (load.1, load.2) = (running, here);
    }
    let mut lanes = loads
        .into_iter()
        .map(|(lane_no, load)| describe(connection, lane_no, load))
        .collect::<Result<Vec<_>, _>>()?;
    lanes.sort_by_key(|lane| lane.lane);
    Ok(Overview { lanes })
}

fn query(
    connection: &Connection,
    query: &str,
    values: &[&dyn rusqlite::ToSql],
    has_third: bool,
) -> Result<Vec<(i64, usize, usize)>, StoreError> {
    let count = |row: &Row<'_>, column: usize| -> rusqlite::Result<usize> {
        let count: i64 = row.get(column)?;
        Ok(usize::try_from(count).unwrap_or(0))
    };
    connection
        .prepare_cached(query)
        .and_then(|mut statement| {
            statement
                .query_map(values, |row| {
                    let third = if has_third { count(row, 2)? } else { 0 };
                    Ok((row.get(0)?, count(row, 1)?, third))
                })?
                .collect()
        })
        .map_err(failed("see what waits"))
}

fn describe(
    connection: &Connection,
    lane_no: i64,
    (waiting, running, running_here): (usize, usize, usize),
) -> Result<LaneLoad, StoreError> {
    let (priority, site, model, taken_at): (String, String, String, i64) = connection
        .prepare_cached("SELECT priority, site_id, model, taken_at FROM lanes WHERE lane_no = ?1")
        .and_then(|mut statement| {
            statement.query_row([lane_no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        })
        .map_err(failed("see what waits"))?;
    let priority = row::priority(&priority)?;
    let site = row::site_id(site)?;
    Ok(LaneLoad { lane: LaneNo(lane_no), priority, site, model, waiting, running, running_here, taken_at })
}
