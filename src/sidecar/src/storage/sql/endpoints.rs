//! Whether webhooks are sent to a site.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::wire::{EndpointReport, EndpointStatus};

use super::connection::{Connection, Row, SqlError, params};
use super::{Store, failed, row};
use crate::storage::{StoreError, StoreFuture};
use crate::webhooks::store::EndpointStore;

/// How a site's webhooks stand. The subqueries look at one site's part of an index.
const REPORT: &str = "SELECT site_id, webhooks, webhooks_since, \
     (SELECT COUNT(*) FROM deliveries WHERE deliveries.site_id = sites.site_id AND next_at IS NOT NULL), \
     (SELECT last_error FROM deliveries WHERE deliveries.site_id = sites.site_id AND next_at IS NOT NULL \
      AND last_error IS NOT NULL ORDER BY next_at LIMIT 1) FROM sites";

impl EndpointStore for Store {
    fn endpoints(&self) -> StoreFuture<'_, Vec<(SiteId, EndpointReport)>> {
        Box::pin(self.read("read endpoints", |connection| {
            let query = format!("{REPORT} ORDER BY site_id");
            let rows = connection.query_all(&query, params![], EndpointRow::read);
            rows.map_err(failed("read endpoints"))?.into_iter().map(EndpointRow::into_report).collect()
        }))
    }

    fn endpoint(&self, site: SiteId) -> StoreFuture<'_, Option<EndpointReport>> {
        Box::pin(self.read("read an endpoint", move |connection| report(connection, &site)))
    }

    fn set_endpoint(&self, site: SiteId, status: EndpointStatus, now: Timestamp) -> StoreFuture<'_, bool> {
        Box::pin(self.write("turn webhooks on or off", move |connection| {
            connection
                .execute(
                    "UPDATE sites SET webhooks = ?2, webhooks_since = ?3 WHERE site_id = ?1",
                    params![site.as_str(), status.as_str(), now],
                )
                .map(|updated| updated > 0)
                .map_err(failed("turn webhooks on or off"))
        }))
    }
}

pub(super) fn report(connection: &Connection, site: &SiteId) -> Result<Option<EndpointReport>, StoreError> {
    let query = format!("{REPORT} WHERE site_id = ?1");
    let found = connection
        .query_opt(&query, params![site.as_str()], EndpointRow::read)
        .map_err(failed("read an endpoint"))?;
    let report = found.map(EndpointRow::into_report).transpose()?;
    Ok(report.map(|(_, report)| report))
}

/// The site answered 410. What an operator turned off stays that.
pub(super) fn set_gone(connection: &Connection, site: &SiteId, now: Timestamp) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE sites SET webhooks = 'gone', webhooks_since = ?2 WHERE site_id = ?1 AND webhooks = 'on'",
            params![site.as_str(), now],
        )
        .map(drop)
        .map_err(failed("end a site's webhooks"))
}

struct EndpointRow {
    site: String,
    status: String,
    since: Option<Timestamp>,
    waiting: u64,
    last_error: Option<String>,
}

impl EndpointRow {
    fn read(row: &dyn Row) -> Result<Self, SqlError> {
        Ok(Self {
            site: row.get(0)?,
            status: row.get(1)?,
            since: row.get(2)?,
            waiting: row.get(3)?,
            last_error: row.get(4)?,
        })
    }

    fn into_report(self) -> Result<(SiteId, EndpointReport), StoreError> {
        let status: EndpointStatus = row::word(&self.status, "sites.webhooks")?;
        let report =
            EndpointReport { status, since: self.since, waiting: self.waiting, last_error: self.last_error };
        Ok((row::site_id(self.site)?, report))
    }
}
