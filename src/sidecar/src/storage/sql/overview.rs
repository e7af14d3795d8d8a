//! What waits and what runs, read without looking at every row.

use std::collections::HashMap;

use super::connection::{Connection, Row, params};
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
         WHERE turn IS NOT NULL AND steps.lane_no = lane.lane_no LIMIT ?1) AS first_ones) \
     FROM lane WHERE lane.lane_no IS NOT NULL";

/// Counts what runs, for all and for the one who asks.
pub(super) const RUNNING_LANES: &str = "SELECT lane_no, COUNT(*), SUM(CASE WHEN owner = ?1 THEN 1 ELSE 0 END) \
     FROM steps WHERE status = 'running' GROUP BY lane_no";

/// What is in a lane.
#[derive(Clone, Copy, Default)]
struct Load {
    waiting: usize,
    running: usize,
    running_here: usize,
}

/// The lanes in which something is due or runs. No lane is counted further than the free slots.
pub(super) fn read(connection: &Connection, owner: &str, slots: usize) -> Result<Overview, StoreError> {
    let limit = i64::try_from(slots).unwrap_or(i64::MAX);
    let mut loads: HashMap<i64, Load> = HashMap::new();
    let mut add = |row: &dyn Row| {
        loads.entry(row.get(0)?).or_default().waiting = row.get(1)?;
        Ok(())
    };
    connection.each_row(WAITING_LANES, params![limit], &mut add).map_err(failed("see what waits"))?;
    if loads.is_empty() {
        return Ok(Overview::default());
    }
    let mut add = |row: &dyn Row| {
        let load = loads.entry(row.get(0)?).or_default();
        (load.running, load.running_here) = (row.get(1)?, row.get(2)?);
        Ok(())
    };
    connection.each_row(RUNNING_LANES, params![owner], &mut add).map_err(failed("see what runs"))?;
    let mut lanes = loads
        .into_iter()
        .map(|(lane_no, load)| describe(connection, lane_no, load))
        .collect::<Result<Vec<_>, _>>()?;
    lanes.sort_by_key(|lane| lane.lane);
    Ok(Overview { lanes })
}

fn describe(connection: &Connection, lane_no: i64, load: Load) -> Result<LaneLoad, StoreError> {
    let query = "SELECT priority, site_id, model, taken_at FROM lanes WHERE lane_no = ?1";
    let (priority, site, model, taken_at): (String, String, String, i64) = connection
        .query_one(query, params![lane_no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .map_err(failed("see what waits"))?;
    let Load { waiting, running, running_here } = load;
    let priority = row::priority(&priority)?;
    let site = row::site_id(site)?;
    Ok(LaneLoad { lane: LaneNo(lane_no), priority, site, model, waiting, running, running_here, taken_at })
}
