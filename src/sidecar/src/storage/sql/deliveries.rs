//! The queue of webhook deliveries.

use bytes::Bytes;
use platen_core::clock::Timestamp;
use serde_json::json;

use super::connection::{Connection, Row, SqlError, params};
use super::{Store, failed, hops, row};
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;
use crate::webhooks::store::{Delivery, DeliveryFailure, DeliveryId, DeliveryStore, DueFilter};

impl DeliveryStore for Store {
    fn due(&self, now: Timestamp, filter: DueFilter) -> StoreFuture<'_, Vec<Delivery>> {
        Box::pin(self.read("find due deliveries", move |connection| due(connection, now, &filter)))
    }

    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>> {
        Box::pin(self.read("find the next delivery", |connection| {
            let query = "SELECT MIN(next_at) FROM deliveries WHERE next_at IS NOT NULL";
            connection.query_one(query, params![], |row| row.get(0)).map_err(failed("find the next delivery"))
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
    let skip_sites = row::list(&filter.skip_sites);
    let count = |limit: usize| i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .query_all(
            "SELECT delivery_id, deliveries.site_id, body, job_id, deliveries.request_id, \
             deliveries.traceparent, tries, deliveries.created_at \
             FROM deliveries JOIN jobs ON jobs.job_no = deliveries.job_no JOIN (\
                 SELECT delivery_id AS due_id, \
                        ROW_NUMBER() OVER (PARTITION BY site_id ORDER BY next_at, delivery_id) AS place \
                 FROM deliveries \
                 WHERE next_at <= ?1 AND REPLACE(?2, ',' || site_id || ',', '') = ?2 \
             ) AS in_turn ON due_id = delivery_id \
             WHERE place <= ?3 ORDER BY next_at, delivery_id LIMIT ?4",
            params![now, &skip_sites, count(filter.limit_per_site), count(filter.limit)],
            DeliveryRow::read,
        )
        .map_err(failed("find due deliveries"))?
        .into_iter()
        .map(DeliveryRow::into_delivery)
        .collect()
}

struct DeliveryRow {
    id: String,
    site: String,
    body: Vec<u8>,
    job_id: String,
    request_id: String,
    traceparent: String,
    tries: u32,
    created_at: Timestamp,
}

impl DeliveryRow {
    fn read(row: &dyn Row) -> Result<Self, SqlError> {
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
            created_at: self.created_at,
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
        .query_opt(
            "UPDATE deliveries SET tries = tries + 1, next_at = NULL, delivered_at = ?2, body = NULL, \
             last_http_status = ?3, last_error = NULL WHERE delivery_id = ?1 AND next_at IS NOT NULL \
             RETURNING job_no, tries",
            params![&id.0, now, http_status],
            job_no_and_tries,
        )
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
    let given_up_at = if failure.next_at.is_none() { Some(now) } else { None };
    let updated = connection
        .query_opt(
            "UPDATE deliveries SET tries = tries + 1, next_at = ?2, given_up_at = ?3, \
             last_http_status = ?4, last_error = ?5 WHERE delivery_id = ?1 AND next_at IS NOT NULL \
             RETURNING job_no, tries",
            params![&id.0, failure.next_at, given_up_at, failure.http_status, &failure.error],
            job_no_and_tries,
        )
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

fn job_no_and_tries(row: &dyn Row) -> Result<(i64, u32), SqlError> {
    Ok((row.get(0)?, row.get(1)?))
}
