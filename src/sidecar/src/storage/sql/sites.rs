//! Sites and their secrets.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::limits::MAX_WEBHOOK_SECRETS;
use platen_core::secret::Secret;
use platen_core::signing::SigningKey;

use super::connection::{Connection, Row, params};
use super::row::{self, inconsistent};
use super::{Store, failed};
use crate::sites::{AddedSite, ListedSecret, ListedSite, NewSite, SecretChange, Site, SiteStore, secret_id};
use crate::storage::{StoreError, StoreFuture};

impl SiteStore for Store {
    fn find_site(&self, id: SiteId) -> StoreFuture<'_, Option<Site>> {
        Box::pin(self.read("read a site", move |connection| {
            let found: Option<(String, String)> = connection
                .query_opt(
                    "SELECT url, site_secret FROM sites WHERE site_id = ?1",
                    params![id.as_str()],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .map_err(failed("read a site"))?;
            let Some((url, site_secret)) = found else { return Ok(None) };
            let webhook_secrets = webhook_keys(connection, &id)?;
            Ok(Some(Site { id, url, site_secret: key(&site_secret, "sites.site_secret")?, webhook_secrets }))
        }))
    }

    fn add_site(&self, site: NewSite, now: Timestamp) -> StoreFuture<'_, AddedSite> {
        Box::pin(self.write("add a site", move |connection| {
            let inserted = connection
                .execute(
                    "INSERT INTO sites (site_id, url, site_secret, created_at) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT DO NOTHING",
                    params![site.id.as_str(), &site.url, site.secrets.site.expose(), now],
                )
                .map_err(failed("add a site"))?;
            if inserted == 0 {
                return Ok(AddedSite::Exists);
            }
            insert_secret(connection, &site.id, &site.secrets.webhook, now)?;
            Ok(AddedSite::Added)
        }))
    }

    /// A new address is a new endpoint: its webhooks are sent.
    fn rotate_site(&self, site: NewSite, now: Timestamp) -> StoreFuture<'_, ()> {
        Box::pin(self.write("rotate a site's secrets", move |connection| {
            connection
                .execute(
                    "INSERT INTO sites (site_id, url, site_secret, created_at) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (site_id) DO UPDATE SET url = excluded.url, webhooks = 'on', \
                     webhooks_since = NULL, site_secret = excluded.site_secret, \
                     rotated_at = excluded.created_at",
                    params![site.id.as_str(), &site.url, site.secrets.site.expose(), now],
                )
                .map_err(failed("rotate a site's secrets"))?;
            connection
                .execute("DELETE FROM webhook_secrets WHERE site_id = ?1", params![site.id.as_str()])
                .map_err(failed("rotate a site's secrets"))?;
            insert_secret(connection, &site.id, &site.secrets.webhook, now)
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

    fn add_webhook_secret(
        &self,
        site: SiteId,
        secret: Secret<String>,
        now: Timestamp,
    ) -> StoreFuture<'_, SecretChange> {
        Box::pin(self.write("add a webhook secret", move |connection| {
            let listed = listed_secrets(connection, &site)?;
            if listed.is_empty() {
                return Ok(SecretChange::NoSite);
            }
            if listed.len() >= MAX_WEBHOOK_SECRETS {
                return Ok(SecretChange::TooMany);
            }
            insert_secret(connection, &site, &secret, now)?;
            Ok(SecretChange::Done)
        }))
    }

    fn retire_webhook_secret(&self, site: SiteId, secret_id: String) -> StoreFuture<'_, SecretChange> {
        Box::pin(self.write("retire a webhook secret", move |connection| {
            let listed = listed_secrets(connection, &site)?;
            if listed.is_empty() {
                return Ok(SecretChange::NoSite);
            }
            if !listed.iter().any(|secret| secret.id == secret_id) {
                return Ok(SecretChange::NoSecret);
            }
            if listed.len() == 1 {
                return Ok(SecretChange::Last);
            }
            connection
                .execute(
                    "DELETE FROM webhook_secrets WHERE site_id = ?1 AND secret_id = ?2",
                    params![site.as_str(), &secret_id],
                )
                .map_err(failed("retire a webhook secret"))?;
            Ok(SecretChange::Done)
        }))
    }

    fn webhook_secrets(&self, site: SiteId) -> StoreFuture<'_, Vec<ListedSecret>> {
        Box::pin(self.read("list webhook secrets", move |connection| listed_secrets(connection, &site)))
    }
}

fn insert_secret(
    connection: &Connection,
    site: &SiteId,
    secret: &Secret<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection
        .execute(
            "INSERT INTO webhook_secrets (site_id, secret_id, secret, created_at) VALUES (?1, ?2, ?3, ?4)",
            params![site.as_str(), &secret_id(secret), secret.expose(), now],
        )
        .map(drop)
        .map_err(failed("keep a webhook secret"))
}

fn listed_secrets(connection: &Connection, site: &SiteId) -> Result<Vec<ListedSecret>, StoreError> {
    let query = "SELECT secret_id, created_at FROM webhook_secrets WHERE site_id = ?1 \
                 ORDER BY created_at, secret_id";
    connection
        .query_all(query, params![site.as_str()], |row| {
            Ok(ListedSecret { id: row.get(0)?, created_at: row.get(1)? })
        })
        .map_err(failed("list webhook secrets"))
}

fn webhook_keys(connection: &Connection, site: &SiteId) -> Result<Vec<SigningKey>, StoreError> {
    let query = "SELECT secret FROM webhook_secrets WHERE site_id = ?1 ORDER BY created_at, secret_id";
    let texts: Vec<String> = connection
        .query_all(query, params![site.as_str()], |row| row.get(0))
        .map_err(failed("read a site"))?;
    texts.iter().map(|text| key(text, "webhook_secrets.secret")).collect()
}

fn key(text: &str, column: &'static str) -> Result<SigningKey, StoreError> {
    text.parse().map_err(inconsistent(column))
}
