//! Pages of results for sites that ask.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use serde_json::json;

use super::connection::{Connection, Row, params};
use super::{Store, failed, hops, locks};
use crate::results::store::{PageRequest, ResultStore, TakenPage};
use crate::storage::{Line, StoreError, StoreFuture};
use crate::telemetry::names;

impl ResultStore for Store {
    fn has_results(&self, site: SiteId) -> StoreFuture<'_, bool> {
        Box::pin(self.read("look for results", move |connection| {
            let query = "SELECT delivery_no FROM deliveries WHERE site_id = ?1 AND delivered_at IS NULL \
                         AND body IS NOT NULL LIMIT 1";
            let found = connection.query_opt(query, params![site.as_str()], |row| row.get::<i64>(0));
            found.map(|found| found.is_some()).map_err(failed("look for results"))
        }))
    }

    fn take_page(&self, request: PageRequest, now: Timestamp) -> StoreFuture<'_, TakenPage> {
        Box::pin(self.write_in(Line::Alone, "hand results out", move |connection| {
            take_page(connection, &request, now)
        }))
    }
}

fn take_page(
    connection: &Connection,
    request: &PageRequest,
    now: Timestamp,
) -> Result<TakenPage, StoreError> {
    let pages: Option<i64> = connection
        .query_opt(
            "SELECT pages FROM sites WHERE site_id = ?1 /*pg: FOR NO KEY UPDATE */",
            params![request.site.as_str()],
            |row| row.get(0),
        )
        .map_err(failed("hand results out"))?;
    let Some(pages) = pages else { return Ok(TakenPage::default()) };
    // A cursor from before a restored backup would acknowledge pages that are yet to come.
    let since = i64::try_from(request.since).ok().filter(|since| *since <= pages).unwrap_or(0);
    let acknowledged = acknowledge(connection, &request.site, since, now)?;
    let (events, has_more) = untold(connection, request)?;
    let cursor = if events.is_empty() { since } else { number_page(connection, &request.site, &events)? };
    Ok(TakenPage {
        events: events.into_iter().map(|event| (event.id, event.body)).collect(),
        cursor: u64::try_from(cursor).unwrap_or(0),
        has_more,
        acknowledged,
    })
}

fn acknowledge(
    connection: &Connection,
    site: &SiteId,
    since: i64,
    now: Timestamp,
) -> Result<u64, StoreError> {
    hold_jobs(connection, site, since)?;
    let taken: Vec<(i64, String, i64)> = connection
        .query_all(
            "UPDATE deliveries SET delivered_at = ?3, delivered_by = 'page', next_at = NULL, \
             given_up_at = NULL, body = NULL WHERE site_id = ?1 AND delivered_at IS NULL AND page = ?2 \
             RETURNING job_no, delivery_id, page",
            params![site.as_str(), since, now],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .map_err(failed("acknowledge results"))?;
    for (job_no, id, page) in &taken {
        let detail = json!({ "webhook_id": id, "page": page });
        hops::record(connection, *job_no, names::HOP_FETCHED, now, &detail)?;
    }
    Ok(u64::try_from(taken.len()).unwrap_or(u64::MAX))
}

/// Holds the jobs of a page before their deliveries are touched.
fn hold_jobs(connection: &Connection, site: &SiteId, page: i64) -> Result<(), StoreError> {
    let query = "SELECT job_no FROM deliveries WHERE site_id = ?1 AND delivered_at IS NULL AND page = ?2 \
                 ORDER BY job_no";
    let jobs: Vec<i64> = connection
        .query_all(query, params![site.as_str(), page], |row| row.get(0))
        .map_err(failed("acknowledge results"))?;
    jobs.into_iter().try_for_each(|job_no| locks::job(connection, job_no))
}

struct Untold {
    delivery_no: i64,
    id: String,
    body: Vec<u8>,
}

/// The oldest that fit, and whether there are more.
fn untold(connection: &Connection, request: &PageRequest) -> Result<(Vec<Untold>, bool), StoreError> {
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    let mut found: Vec<Untold> = connection
        .query_all(
            "SELECT delivery_no, delivery_id, body FROM deliveries \
             WHERE site_id = ?1 AND delivered_at IS NULL AND body IS NOT NULL ORDER BY delivery_no LIMIT ?2",
            params![request.site.as_str(), i64::from(request.limit).saturating_add(1)],
            |row: &dyn Row| Ok(Untold { delivery_no: row.get(0)?, id: row.get(1)?, body: row.get(2)? }),
        )
        .map_err(failed("hand results out"))?;
    let mut bytes = 0_usize;
    let fits = |event: &&Untold| {
        let is_first = bytes == 0;
        bytes = bytes.saturating_add(event.body.len());
        is_first || bytes <= request.max_bytes
    };
    let taken = found.iter().take(limit).take_while(fits).count();
    let has_more = taken < found.len();
    found.truncate(taken);
    Ok((found, has_more))
}

/// Whatever else was handed out is not on the last page any more: its cursor must not acknowledge it.
fn number_page(connection: &Connection, site: &SiteId, events: &[Untold]) -> Result<i64, StoreError> {
    let page: i64 = connection
        .query_one(
            "UPDATE sites SET pages = pages + 1 WHERE site_id = ?1 RETURNING pages",
            params![site.as_str()],
            |row| row.get(0),
        )
        .map_err(failed("number a page of results"))?;
    connection
        .execute(
            "UPDATE deliveries SET page = NULL \
             WHERE site_id = ?1 AND delivered_at IS NULL AND page IS NOT NULL",
            params![site.as_str()],
        )
        .map_err(failed("number a page of results"))?;
    for event in events {
        connection
            .execute(
                "UPDATE deliveries SET page = ?2 WHERE delivery_no = ?1",
                params![event.delivery_no, page],
            )
            .map_err(failed("number a page of results"))?;
    }
    Ok(page)
}
