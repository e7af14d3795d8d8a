//! The queue of webhook deliveries.

use bytes::Bytes;
use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use serde_json::json;

use super::connection::{Connection, Row, SqlError, params};
use super::{Store, duty, endpoints, failed, hops, locks, row};
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;
use crate::webhooks::store::{Delivery, DeliveryFailure, DeliveryId, DeliveryStore, DueFilter};

/// Sites with something due: one look at an index for each.
pub(super) const SITES_WITH_DUE: &str = "SELECT site_id FROM sites WHERE webhooks = 'on' \
     AND (SELECT 1 FROM deliveries WHERE deliveries.site_id = sites.site_id AND next_at <= ?1 LIMIT 1) \
     IS NOT NULL";

/// What is due of a site, without what has to wait for an earlier event of its conversation. The inner query is one
/// look at an index for each; as NOT EXISTS, PostgreSQL could make a join with all that wait of it.
pub(super) const DUE_OF_SITE: &str = "SELECT delivery_id, body, job_id, deliveries.request_id, \
     deliveries.traceparent, tries, round_tries, round_began_at, next_at, delivery_no \
     FROM deliveries JOIN jobs ON jobs.job_no = deliveries.job_no \
     WHERE deliveries.site_id = ?1 AND next_at <= ?2 AND (\
         SELECT 1 FROM deliveries AS earlier WHERE earlier.site_id = deliveries.site_id \
         AND earlier.conversation = deliveries.conversation \
         AND earlier.delivery_no < deliveries.delivery_no AND earlier.next_at IS NOT NULL LIMIT 1) IS NULL \
     ORDER BY next_at, delivery_no LIMIT ?3";

impl DeliveryStore for Store {
    fn due(&self, now: Timestamp, filter: DueFilter) -> StoreFuture<'_, Vec<Delivery>> {
        Box::pin(async move {
            if !duty::delivers(self, now).await? {
                return Ok(Vec::new());
            }
            self.read("find due deliveries", move |connection| due(connection, now, &filter)).await
        })
    }

    fn has_failing(&self, site: SiteId) -> StoreFuture<'_, bool> {
        Box::pin(self.read("look how a site was", move |connection| {
            let query = "SELECT 1 FROM deliveries WHERE site_id = ?1 AND next_at IS NOT NULL \
                         AND round_tries > 0 LIMIT 1";
            let found = connection.query_opt(query, params![site.as_str()], |_| Ok(()));
            Ok(found.map_err(failed("look how a site was"))?.is_some())
        }))
    }

    fn rest(&self) -> StoreFuture<'_, ()> {
        Box::pin(duty::release(self))
    }

    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>> {
        Box::pin(self.read("find the next delivery", |connection| {
            let query = "SELECT MIN((SELECT MIN(next_at) FROM deliveries \
                         WHERE deliveries.site_id = sites.site_id AND next_at IS NOT NULL)) \
                         FROM sites WHERE webhooks = 'on'";
            connection.query_one(query, params![], |row| row.get(0)).map_err(failed("find the next delivery"))
        }))
    }

    fn succeeded(&self, id: DeliveryId, now: Timestamp, http_status: u16) -> StoreFuture<'_, ()> {
        Box::pin(self.write("end a delivery", move |connection| succeeded(connection, &id, now, http_status)))
    }

    fn failed(&self, id: DeliveryId, now: Timestamp, failure: DeliveryFailure) -> StoreFuture<'_, ()> {
        Box::pin(self.write("record a failed delivery", move |connection| {
            record_failure(connection, &id, now, &failure).map(drop)
        }))
    }

    fn endpoint_gone(&self, id: DeliveryId, now: Timestamp, http_status: u16) -> StoreFuture<'_, ()> {
        Box::pin(self.write("end a site's webhooks", move |connection| {
            let error = "the site wants no more webhooks (410)".to_owned();
            let failure = DeliveryFailure { http_status: Some(http_status), error, next_at: Some(now) };
            match record_failure(connection, &id, now, &failure)? {
                Some(site) => endpoints::set_gone(connection, &site, now),
                None => Ok(()),
            }
        }))
    }
}

/// The oldest due deliveries of each site, each a look at an index, and of these the oldest of all.
fn due(connection: &Connection, now: Timestamp, filter: &DueFilter) -> Result<Vec<Delivery>, StoreError> {
    let mut found: Vec<(Timestamp, i64, Delivery)> = Vec::new();
    for site in sites_with_due(connection, now)? {
        if !filter.skip_sites.contains(&site) {
            found.extend(due_of(connection, &site, now, filter.limit_per_site)?);
        }
    }
    found.sort_by_key(|(next_at, delivery_no, _)| (*next_at, *delivery_no));
    Ok(found.into_iter().take(filter.limit).map(|(_, _, delivery)| delivery).collect())
}

fn sites_with_due(connection: &Connection, now: Timestamp) -> Result<Vec<SiteId>, StoreError> {
    let ids: Vec<String> = connection
        .query_all(SITES_WITH_DUE, params![now], |row| row.get(0))
        .map_err(failed("find due deliveries"))?;
    ids.into_iter().map(row::site_id).collect()
}

fn due_of(
    connection: &Connection,
    site: &SiteId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(Timestamp, i64, Delivery)>, StoreError> {
    connection
        .query_all(
            DUE_OF_SITE,
            params![site.as_str(), now, i64::try_from(limit).unwrap_or(i64::MAX)],
            DeliveryRow::read,
        )
        .map_err(failed("find due deliveries"))?
        .into_iter()
        .map(|row| row.into_delivery(site))
        .collect()
}

struct DeliveryRow {
    id: String,
    body: Vec<u8>,
    job_id: String,
    request_id: String,
    traceparent: String,
    tries: u32,
    round_tries: u32,
    round_began_at: Timestamp,
    next_at: Timestamp,
    delivery_no: i64,
}

impl DeliveryRow {
    fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self {
            id: row.get(0)?,
            body: row.get(1)?,
            job_id: row.get(2)?,
            request_id: row.get(3)?,
            traceparent: row.get(4)?,
            tries: row.get(5)?,
            round_tries: row.get(6)?,
            round_began_at: row.get(7)?,
            next_at: row.get(8)?,
            delivery_no: row.get(9)?,
        })
    }

    fn into_delivery(self, site: &SiteId) -> Result<(Timestamp, i64, Delivery), StoreError> {
        let delivery = Delivery {
            id: DeliveryId(self.id),
            site: site.clone(),
            body: Bytes::from(self.body),
            job_id: row::job_id(self.job_id)?,
            request_id: self.request_id,
            traceparent: self.traceparent,
            attempt: self.tries.saturating_add(1),
            round_attempt: self.round_tries.saturating_add(1),
            round_began_at: self.round_began_at,
        };
        Ok((self.next_at, self.delivery_no, delivery))
    }
}

/// The body goes with the delivery: the answer stands in `results` already.
fn succeeded(
    connection: &Connection,
    id: &DeliveryId,
    now: Timestamp,
    http_status: u16,
) -> Result<(), StoreError> {
    locks::job_of_delivery(connection, &id.0)?;
    let updated: Option<(i64, u32)> = connection
        .change_one(
            "UPDATE deliveries SET tries = tries + 1, round_tries = round_tries + 1, next_at = NULL, \
             delivered_at = ?2, delivered_by = 'webhook', body = NULL, last_http_status = ?3, \
             last_error = NULL WHERE delivery_id = ?1 AND next_at IS NOT NULL \
             /*pg: RETURNING job_no, tries */",
            params![&id.0, now, http_status],
            ("SELECT job_no, tries FROM deliveries WHERE delivery_id = ?1", params![&id.0]),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(failed("end a delivery"))?;
    let Some((job_no, tries)) = updated else { return Ok(()) };
    let detail = json!({ "webhook_id": id.0, "http_status": http_status, "attempt": tries });
    hops::record(connection, job_no, names::HOP_DELIVERED, now, &detail)
}

/// Gives the delivery's site; `None` when the delivery does not wait any more, so that nothing was changed.
fn record_failure(
    connection: &Connection,
    id: &DeliveryId,
    now: Timestamp,
    failure: &DeliveryFailure,
) -> Result<Option<SiteId>, StoreError> {
    locks::job_of_delivery(connection, &id.0)?;
    let given_up_at = if failure.next_at.is_none() { Some(now) } else { None };
    let updated: Option<(i64, u32, String)> = connection
        .query_opt(
            "UPDATE deliveries SET tries = tries + 1, round_tries = round_tries + 1, next_at = ?2, \
             given_up_at = ?3, last_http_status = ?4, last_error = ?5 \
             WHERE delivery_id = ?1 AND next_at IS NOT NULL RETURNING job_no, tries, site_id",
            params![&id.0, failure.next_at, given_up_at, failure.http_status, &failure.error],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .map_err(failed("record a failed delivery"))?;
    let Some((job_no, tries, site)) = updated else { return Ok(None) };
    let name = match failure.next_at {
        Some(_) => names::HOP_DELIVERY_FAILED,
        None => names::HOP_DELIVERY_GIVEN_UP,
    };
    let detail = json!({
        "webhook_id": id.0, "http_status": failure.http_status, "attempt": tries, "error": failure.error,
    });
    hops::record(connection, job_no, name, now, &detail)?;
    row::site_id(site).map(Some)
}
