//! Sites and their secrets.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::signing::SigningKey;

use super::connection::{Row, params};
use super::row::{self, inconsistent};
use super::{Store, failed};
use crate::sites::{AddedSite, ListedSite, NewSite, Site, SiteStore};
use crate::storage::{StoreError, StoreFuture};

impl SiteStore for Store {
    fn find_site(&self, id: SiteId) -> StoreFuture<'_, Option<Site>> {
        Box::pin(self.read("read a site", move |connection| {
            let found: Option<(String, String, String)> = connection
                .query_opt(
                    "SELECT url, site_secret, webhook_secret FROM sites WHERE site_id = ?1",
                    params![id.as_str()],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .map_err(failed("read a site"))?;
            let Some((url, site_secret, webhook_secret)) = found else { return Ok(None) };
            Ok(Some(Site {
                id,
                url,
                site_secret: key(&site_secret, "sites.site_secret")?,
                webhook_secret: key(&webhook_secret, "sites.webhook_secret")?,
            }))
        }))
    }

    fn add_site(&self, site: NewSite, now: Timestamp) -> StoreFuture<'_, AddedSite> {
        Box::pin(self.write("add a site", move |connection| {
            let (secret, webhook_secret) = (site.secrets.site.expose(), site.secrets.webhook.expose());
            let inserted = connection
                .execute(
                    "INSERT INTO sites (site_id, url, site_secret, webhook_secret, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                    params![site.id.as_str(), &site.url, secret, webhook_secret, now],
                )
                .map_err(failed("add a site"))?;
            Ok(if inserted == 1 { AddedSite::Added } else { AddedSite::Exists })
        }))
    }

    fn rotate_site(&self, site: NewSite, now: Timestamp) -> StoreFuture<'_, ()> {
        Box::pin(self.write("rotate a site's secrets", move |connection| {
            let (secret, webhook_secret) = (site.secrets.site.expose(), site.secrets.webhook.expose());
            connection
                .execute(
                    "INSERT INTO sites (site_id, url, site_secret, webhook_secret, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (site_id) DO UPDATE SET \
                     url = excluded.url, site_secret = excluded.site_secret, webhook_secret = excluded.webhook_secret, \
                     rotated_at = excluded.created_at",
                    params![site.id.as_str(), &site.url, secret, webhook_secret, now],
                )
                .map(drop)
                .map_err(failed("rotate a site's secrets"))
        }))
    }

    fn list_sites(&self) -> StoreFuture<'_, Vec<ListedSite>> {
        Box::pin(self.read("list sites", |connection| {
            let query = "SELECT site_id, url, created_at, rotated_at FROM sites ORDER BY site_id";
            let read = |row: &dyn Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let rows: Vec<(String, String, Timestamp, Option<Timestamp>)> =
                connection.query_all(query, params![], read).map_err(failed("list sites"))?;
            rows.into_iter()
                .map(|(id, url, created_at, rotated_at)| {
                    Ok(ListedSite { id: row::site_id(id)?, url, created_at, rotated_at })
                })
                .collect()
        }))
    }
}

fn key(text: &str, column: &'static str) -> Result<SigningKey, StoreError> {
    text.parse().map_err(inconsistent(column))
}
