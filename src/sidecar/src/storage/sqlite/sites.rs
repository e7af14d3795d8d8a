//! Sites and their secrets.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::signing::SigningKey;
use rusqlite::{OptionalExtension, params};

use super::row::{self, inconsistent};
use super::{SqliteStore, failed};
use crate::sites::{AddedSite, ListedSite, NewSite, Site, SiteStore};
use crate::storage::{StoreError, StoreFuture};

impl SiteStore for SqliteStore {
    fn find_site(&self, id: SiteId) -> StoreFuture<'_, Option<Site>> {
        Box::pin(self.read("read a site", move |connection| {
            let found: Option<(String, String, String)> = connection
                .prepare_cached("SELECT url, site_secret, webhook_secret FROM sites WHERE site_id = ?1")
                .and_then(|mut statement| {
                    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                    statement.query_row([id.as_str()], read).optional()
                })
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
                    params![site.id.as_str(), site.url, secret, webhook_secret, now.as_micros()],
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
                     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET url = excluded.url, \
                     site_secret = excluded.site_secret, webhook_secret = excluded.webhook_secret, \
                     rotated_at = excluded.created_at",
                    params![site.id.as_str(), site.url, secret, webhook_secret, now.as_micros()],
                )
                .map(drop)
                .map_err(failed("rotate a site's secrets"))
        }))
    }

    fn list_sites(&self) -> StoreFuture<'_, Vec<ListedSite>> {
        Box::pin(self.read("list sites", |connection| {
            let mut statement = connection
                .prepare_cached("SELECT site_id, url, created_at, rotated_at FROM sites ORDER BY site_id")
                .map_err(failed("list sites"))?;
            let rows = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
                .map_err(failed("list sites"))?;
            rows.map(|row| {
                let (id, url, created_at, rotated_at): (String, _, _, Option<i64>) =
                    row.map_err(failed("list sites"))?;
                Ok(ListedSite {
                    id: row::site_id(id)?,
                    url,
                    created_at: Timestamp::from_micros(created_at),
                    rotated_at: rotated_at.map(Timestamp::from_micros),
                })
            })
            .collect()
        }))
    }
}

fn key(text: &str, column: &'static str) -> Result<SigningKey, StoreError> {
    text.parse().map_err(inconsistent(column))
}
