//! The queue of webhook deliveries.

use bytes::Bytes;
use platen_core::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use super::{SqliteStore, failed, hops, row};
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;
use crate::webhooks::store::{Delivery, DeliveryFailure, DeliveryId, DeliveryStore, DueFilter};

impl DeliveryStore for SqliteStore {
    fn due(&self, now: Timestamp, filter: DueFilter) -> StoreFuture<'_, Vec<Delivery>> {
        Box::pin(self.read("find due deliveries", move |connection| due(connection, now, &filter)))
    }

    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>> {
        Box::pin(self.read("find the next delivery", |connection| {
            let next: Option<i64> = connection
                .prepare_cached("SELECT MIN(next_at) FROM deliveries WHERE next_at IS NOT NULL")
                .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
                .map_err(failed("find the next delivery"))?;
            Ok(next.map(Timestamp::from_micros))
        }))
    }

    fn succeeded(&self, id: DeliveryId, now: Timestamp, http_status: u16) -> StoreFuture<'_, ()> {
        Box::pin(self.write("end a delivery", move |connection| succeeded(connection, &id, now, http_status)))
    }

    fn failed(&self, id: DeliveryId, now: Timestamp, failure: DeliveryFailure) -> StoreFuture<'_, ()> {
        Box::pin(self.write("record a failed delivery", move |connection| {
            record_failure(connection, &id, now, &failure)
        }))
    }
}

fn due(connection: &Connection, now: Timestamp, filter: &DueFilter) -> Result<Vec<Delivery>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT delivery_id, deliveries.site_id, body, job_id, deliveries.request_id, \
             deliveries.traceparent, tries, deliveries.created_at \
             FROM deliveries JOIN jobs ON jobs.job_no = deliveries.job_no JOIN (\
                 SELECT delivery_id AS due_id, \
                        ROW_NUMBER() OVER (PARTITION BY site_id ORDER BY next_at, delivery_id) AS place \
                 FROM deliveries \
                 WHERE next_at <= ?1 AND site_id NOT IN (SELECT value FROM json_each(?2))\
             ) ON due_id = delivery_id \
             WHERE place <= ?3 ORDER BY next_at, delivery_id LIMIT ?4",
        )
        .map_err(failed("find due deliveries"))?;
    let skip_sites = row::to_json(&filter.skip_sites, "deliveries.site_id")?;
    let count = |limit: usize| i64::try_from(limit).unwrap_or(i64::MAX);
    let values = params![now.as_micros(), skip_sites, count(filter.limit_per_site), count(filter.limit)];
    let rows = statement.query_map(values, DeliveryRow::read).map_err(failed("find due deliveries"))?;
    rows.map(|row| row.map_err(failed("find due deliveries"))?.into_delivery()).collect()
}

struct DeliveryRow {
    id: String,
    site: String,
    body: Vec<u8>,
    job_id: String,
    request_id: String,
    traceparent: String,
    tries: u32,
    created_at: i64,
}

impl DeliveryRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            site: row.get(1)?,
            body: row.get(2)?,
            job_id: row.get(3)?,
            request_id: row.get(4)?,
            traceparent: row.get(5)?,
            tries: row.get(6)?,
            created_at: row.get(7)?,
        })
    }

    fn into_delivery(self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id: DeliveryId(self.id),
            site: row::site_id(self.site)?,
            body: Bytes::from(self.body),
            job_id: row::job_id(self.job_id)?,
            request_id: self.request_id,
            traceparent: self.traceparent,
            attempt: self.tries.saturating_add(1),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// The body goes with the delivery: the answer stands in `results` already.
fn succeeded(
    connection: &Connection,
    id: &DeliveryId,
    now: Timestamp,
    http_status: u16,
) -> Result<(), StoreError> {
    let updated = connection
        .prepare_cached(
            "UPDATE deliveries SET tries = tries + 1, next_at = NULL, delivered_at = ?2, body = NULL, \
             last_http_status = ?3, last_error = NULL WHERE delivery_id = ?1 AND next_at IS NOT NULL \
             RETURNING job_no, tries",
        )
        .and_then(|mut statement| {
            statement.query_row(params![id.0, now.as_micros(), http_status], job_no_and_tries).optional()
        })
        .map_err(failed("end a delivery"))?;
    let Some((job_no, tries)) = updated else { return Ok(()) };
    let detail = json!({ "webhook_id": id.0, "http_status": http_status, "attempt": tries });
    hops::record(connection, job_no, names::HOP_DELIVERED, now, &detail)
}

fn record_failure(
    connection: &Connection,
    id: &DeliveryId,
    now: Timestamp,
    failure: &DeliveryFailure,
) -> Result<(), StoreError> {
    let given_up_at = if failure.next_at.is_none() { Some(now.as_micros()) } else { None };
    let updated = connection
        .prepare_cached(
            "UPDATE deliveries SET tries = tries + 1, next_at = ?2, given_up_at = ?3, \
             last_http_status = ?4, last_error = ?5 WHERE delivery_id = ?1 AND next_at IS NOT NULL \
             RETURNING job_no, tries",
        )
        .and_then(|mut statement| {
            let next_at = failure.next_at.map(Timestamp::as_micros);
            let values = params![id.0, next_at, given_up_at, failure.http_status, failure.error];
            statement.query_row(values, job_no_and_tries).optional()
        })
        .map_err(failed("record a failed delivery"))?;
    let Some((job_no, tries)) = updated else { return Ok(()) };
    let name = match failure.next_at {
        Some(_) => names::HOP_DELIVERY_FAILED,
        None => names::HOP_DELIVERY_GIVEN_UP,
    };
    let detail = json!({
        "webhook_id": id.0, "http_status": failure.http_status, "attempt": tries, "error": failure.error,
    });
    hops::record(connection, job_no, name, now, &detail)
}

fn job_no_and_tries(row: &Row<'_>) -> rusqlite::Result<(i64, u32)> {
    Ok((row.get(0)?, row.get(1)?))
}
