//! What operators see of deliveries, and do about them.

use platen_core::clock::Timestamp;
use platen_core::job::{Hop, JobId, JobStatus, SiteId};

use super::connection::{Connection, Row, SqlError, Value, params};
use super::row::inconsistent;
use super::{Store, failed, hops, row};
use crate::jobs::event;
use crate::storage::{Line, StoreError, StoreFuture};
use crate::telemetry::names;
use crate::webhooks::store::{
    DeliveryFilter, DeliveryLog, DeliveryRecord, DeliveryState, DeliveryTry, Replayed,
};

/// The rows that a filter means. Each part of it is true when it is not given.
const MATCHES: &str = "(CAST(?1 AS TEXT) IS NULL OR delivery_id = ?1) \
     AND (CAST(?2 AS TEXT) IS NULL OR jobs.job_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR deliveries.site_id = ?3) \
     AND (CAST(?4 AS TEXT) IS NULL OR ?4 = CASE WHEN next_at IS NOT NULL THEN 'waiting' \
         WHEN delivered_at IS NOT NULL THEN 'delivered' ELSE 'given_up' END) \
     AND deliveries.created_at >= COALESCE(CAST(?5 AS BIGINT), 0) \
     AND deliveries.created_at < COALESCE(CAST(?6 AS BIGINT), 9223372036854775807)";

const TABLES: &str = "deliveries JOIN jobs ON jobs.job_no = deliveries.job_no";

impl DeliveryLog for Store {
    fn deliveries(&self, filter: DeliveryFilter, limit: u32) -> StoreFuture<'_, Vec<DeliveryRecord>> {
        Box::pin(self.read("list deliveries", move |connection| {
            let query = format!(
                "SELECT delivery_id, deliveries.site_id, jobs.job_id, delivered_at, delivered_by, tries, \
                 next_at, last_http_status, last_error, deliveries.created_at FROM {TABLES} \
                 WHERE {MATCHES} ORDER BY delivery_no DESC LIMIT ?7"
            );
            let rows = select(connection, &query, &filter, params![limit], RecordRow::read)?;
            rows.into_iter().map(RecordRow::into_record).collect()
        }))
    }

    fn count_deliveries(&self, filter: DeliveryFilter) -> StoreFuture<'_, u64> {
        Box::pin(self.read("count deliveries", move |connection| {
            let query = format!("SELECT COUNT(*) FROM {TABLES} WHERE {MATCHES}");
            let count = select(connection, &query, &filter, params![], |row| row.get::<u64>(0))?;
            Ok(count.first().copied().unwrap_or(0))
        }))
    }

    fn tries(&self, delivery_id: String) -> StoreFuture<'_, Option<Vec<DeliveryTry>>> {
        Box::pin(self.read("read the tries of a delivery", move |connection| {
            let job_no: Option<i64> = connection
                .query_opt(
                    "SELECT job_no FROM deliveries WHERE delivery_id = ?1",
                    params![&delivery_id],
                    |row| row.get(0),
                )
                .map_err(failed("read the tries of a delivery"))?;
            let Some(job_no) = job_no else { return Ok(None) };
            let hops = hops::of_job(connection, job_no)?;
            let own =
                hops.iter().filter(|hop| hop.detail.get("webhook_id").is_some_and(|id| *id == *delivery_id));
            Ok(Some(own.filter_map(into_try).collect()))
        }))
    }

    fn replay_deliveries(
        &self,
        filter: DeliveryFilter,
        after: i64,
        limit: u32,
        now: Timestamp,
    ) -> StoreFuture<'_, Replayed> {
        Box::pin(self.write_in(Line::Alone, "replay deliveries", move |connection| {
            replay(connection, &filter, after, limit, now)
        }))
    }
}

/// The hops of a delivery are its tries.
fn into_try(hop: &Hop) -> Option<DeliveryTry> {
    let outcome = match hop.name.as_str() {
        names::HOP_DELIVERED | names::HOP_FETCHED => "delivered",
        names::HOP_DELIVERY_FAILED => "failed",
        names::HOP_DELIVERY_GIVEN_UP => "given_up",
        _ => return None,
    };
    let number = |name: &str| hop.detail.get(name).and_then(serde_json::Value::as_u64);
    let error = hop.detail.get("error").and_then(|error| error.as_str());
    Some(DeliveryTry {
        attempt: number("attempt").and_then(|attempt| u32::try_from(attempt).ok()).unwrap_or(0),
        at: hop.at,
        outcome: outcome.to_owned(),
        http_status: number("http_status").and_then(|status| u16::try_from(status).ok()),
        error: error.map(str::to_owned),
    })
}

/// Runs a query that has [`MATCHES`] in it, and more parameters after those.
fn select<T>(
    connection: &Connection,
    query: &str,
    filter: &DeliveryFilter,
    more: &[Value<'_>],
    read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
) -> Result<Vec<T>, StoreError> {
    let site = filter.site.as_ref().map(SiteId::as_str);
    let job_id = filter.job_id.as_ref().map(JobId::as_str);
    let state = filter.state.map(DeliveryState::as_str);
    let id = filter.delivery_id.as_deref();
    let filters = params![id, job_id, site, state, filter.since, filter.until];
    connection.query_all(query, &[filters, more].concat(), read).map_err(failed("select deliveries"))
}

struct RecordRow {
    id: String,
    site: String,
    job_id: String,
    delivered_at: Option<Timestamp>,
    delivered_by: Option<String>,
    tries: u32,
    next_at: Option<Timestamp>,
    http_status: Option<u16>,
    error: Option<String>,
    created_at: Timestamp,
}

impl RecordRow {
    fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self {
            id: row.get(0)?,
            site: row.get(1)?,
            job_id: row.get(2)?,
            delivered_at: row.get(3)?,
            delivered_by: row.get(4)?,
            tries: row.get(5)?,
            next_at: row.get(6)?,
            http_status: row.get(7)?,
            error: row.get(8)?,
            created_at: row.get(9)?,
        })
    }

    fn into_record(self) -> Result<DeliveryRecord, StoreError> {
        let state = match (self.next_at, self.delivered_at) {
            (Some(_), _) => DeliveryState::Waiting,
            (None, Some(_)) => DeliveryState::Delivered,
            (None, None) => DeliveryState::GivenUp,
        };
        Ok(DeliveryRecord {
            id: self.id,
            site: row::site_id(self.site)?,
            job_id: row::job_id(self.job_id)?,
            state,
            delivered_by: self.delivered_by,
            tries: self.tries,
            next_at: self.next_at,
            http_status: self.http_status,
            error: self.error,
            created_at: self.created_at,
        })
    }
}

/// A settled delivery, as far as a replay needs it.
struct Settled {
    delivery_no: i64,
    delivery_id: String,
    job_no: i64,
    has_body: bool,
    ends: u32,
    finished_at: Option<Timestamp>,
}

fn replay(
    connection: &Connection,
    filter: &DeliveryFilter,
    after: i64,
    limit: u32,
    now: Timestamp,
) -> Result<Replayed, StoreError> {
    let query = format!(
        "SELECT delivery_no, delivery_id, deliveries.job_no, CASE WHEN body IS NULL THEN 0 ELSE 1 END, \
         jobs.ends, jobs.finished_at \
         FROM {TABLES} WHERE {MATCHES} AND next_at IS NULL AND delivery_no > ?8 ORDER BY delivery_no LIMIT ?7 \
         /*pg: FOR NO KEY UPDATE OF deliveries, jobs SKIP LOCKED */"
    );
    let read = |row: &dyn Row| {
        Ok(Settled {
            delivery_no: row.get(0)?,
            delivery_id: row.get(1)?,
            job_no: row.get(2)?,
            has_body: row.get::<i64>(3)? != 0,
            ends: row.get(4)?,
            finished_at: row.get(5)?,
        })
    };
    let mut outcome = Replayed::default();
    for settled in select(connection, &query, filter, params![limit, after], read)? {
        outcome.last = Some(settled.delivery_no);
        let body = if settled.has_body { None } else { rebuild(connection, &settled)? };
        if !settled.has_body && body.is_none() {
            outcome.untellable = outcome.untellable.saturating_add(1);
            continue;
        }
        connection
            .execute(
                "UPDATE deliveries SET next_at = ?2, round_tries = 0, round_began_at = ?2, page = NULL, \
                 delivered_at = NULL, delivered_by = NULL, given_up_at = NULL, body = COALESCE(?3, body) \
                 WHERE delivery_no = ?1",
                params![settled.delivery_no, now, body.as_deref()],
            )
            .map_err(failed("replay deliveries"))?;
        outcome.replayed = outcome.replayed.saturating_add(1);
    }
    Ok(outcome)
}

/// The body of an event whose own is gone: that of the job's last end, when this is its event and the answer is
/// still there.
fn rebuild(connection: &Connection, settled: &Settled) -> Result<Option<Vec<u8>>, StoreError> {
    let (_, snapshot) = row::job_by_no(connection, settled.job_no)?;
    let is_last = settled.delivery_id == format!("evt_{}_{}", snapshot.id, settled.ends);
    let is_purged = snapshot.status == JobStatus::Succeeded && snapshot.result.is_none();
    match settled.finished_at {
        Some(at) if is_last && !is_purged => {
            event::body(&snapshot, at).map_err(inconsistent("deliveries.body"))
        }
        Some(_) | None => Ok(None),
    }
}
