//! The WordPress sites this daemon serves, and their secrets.
//!
//! Sites are added by `platend site add`, also while the daemon runs: [`Sites`] keeps what it looked up for
//! [`CACHE_LIFE`] only, so a rotated secret is in force within that time. A site that is not known is never
//! cached. A site may have several webhook secrets at the same time (`docs/rotation.md`).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use parking_lot::Mutex;
use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::secret::Secret;
use platen_core::signing::SigningKey;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::storage::{StoreError, StoreFuture};

/// How long a site may be served from memory. Short against a rotation, long against a stream of requests.
pub const CACHE_LIFE: Duration = Duration::from_secs(2);

/// One WordPress site.
#[derive(Debug)]
pub struct Site {
    /// Its name in frames and tokens.
    pub id: SiteId,
    /// Where it lives, without a trailing slash: `https://example.com` or `https://example.com/blog`.
    pub url: String,
    /// Key of stream tokens (`PLATEN_SITE_SECRET`).
    pub site_secret: SigningKey,
    /// Keys of webhook signatures (`PLATEN_WEBHOOK_SECRET`), the oldest first; never empty. Each webhook is
    /// signed with all of them.
    pub webhook_secrets: Vec<SigningKey>,
}

/// Keeps sites. Every method is one transaction.
pub trait SiteStore: Send + Sync {
    /// The site of this id.
    fn find_site(&self, id: SiteId) -> StoreFuture<'_, Option<Site>>;

    /// Keeps a new site; changes nothing when the id is taken.
    fn add_site(&self, site: NewSite, now: Timestamp) -> StoreFuture<'_, AddedSite>;

    /// Replaces the address and the secrets of a site, or adds it.
    fn rotate_site(&self, site: NewSite, now: Timestamp) -> StoreFuture<'_, ()>;

    /// All sites by their ids, without their secrets.
    fn list_sites(&self) -> StoreFuture<'_, Vec<ListedSite>>;

    /// Puts one more webhook secret of a site in force.
    fn add_webhook_secret(
        &self,
        site: SiteId,
        secret: Secret<String>,
        now: Timestamp,
    ) -> StoreFuture<'_, SecretChange>;

    /// Puts a webhook secret out of force.
    fn retire_webhook_secret(&self, site: SiteId, secret_id: String) -> StoreFuture<'_, SecretChange>;

    /// The webhook secrets of a site that are in force, the oldest first; empty when there is no such site.
    fn webhook_secrets(&self, site: SiteId) -> StoreFuture<'_, Vec<ListedSecret>>;
}

/// What became of a change of a site's webhook secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretChange {
    /// It was made.
    Done,
    /// There is no such site.
    NoSite,
    /// The site has no secret of this name.
    NoSecret,
    /// The site has as many as may be in force at the same time.
    TooMany,
    /// It is the only one: without it no webhook could be signed.
    Last,
}

/// A webhook secret in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSecret {
    /// See [`secret_id`].
    pub id: String,
    /// Since when it is in force.
    pub created_at: Timestamp,
}

/// Names a secret without telling it: the first 8 hexadecimal digits of its SHA-256.
pub fn secret_id(secret: &Secret<String>) -> String {
    let hash = Bytes::copy_from_slice(&Sha256::digest(secret.expose().as_bytes()));
    format!("{:x}", hash.slice(..4))
}

/// A site that is to be kept.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// See [`Site::id`].
    pub id: SiteId,
    /// See [`Site::url`].
    pub url: String,
    /// In the form of `wp-config.php`.
    pub secrets: SiteSecrets,
}

/// The secrets of a site, as text.
#[derive(Clone, Debug)]
pub struct SiteSecrets {
    /// `psk_` and base64url without padding of 32 bytes.
    pub site: Secret<String>,
    /// `whsec_` and base64 of 32 bytes.
    pub webhook: Secret<String>,
}

impl SiteSecrets {
    /// Writes two times 32 random bytes in the form of `wp-config.php`.
    pub fn from_random(site: [u8; 32], webhook: [u8; 32]) -> Self {
        Self {
            site: Secret::new(format!("psk_{}", URL_SAFE_NO_PAD.encode(site))),
            webhook: webhook_secret(webhook),
        }
    }
}

/// Writes 32 random bytes as a webhook secret.
pub fn webhook_secret(random: [u8; 32]) -> Secret<String> {
    Secret::new(format!("whsec_{}", STANDARD.encode(random)))
}

/// Whether a site was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedSite {
    /// It was.
    Added,
    /// The id is taken; nothing was changed.
    Exists,
}

/// A site in a list.
#[derive(Clone, Debug)]
pub struct ListedSite {
    /// See [`Site::id`].
    pub id: SiteId,
    /// See [`Site::url`].
    pub url: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When its secrets were last replaced.
    pub rotated_at: Option<Timestamp>,
}

/// Looks sites up, with a small cache.
pub struct Sites {
    store: Arc<dyn SiteStore>,
    cache: Mutex<HashMap<SiteId, (Instant, Arc<Site>)>>,
}

impl Sites {
    /// Looks sites up in this store.
    pub fn new(store: Arc<dyn SiteStore>) -> Self {
        Self { store, cache: Mutex::new(HashMap::new()) }
    }

    /// The site of this id, `None` when no such site was added.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn find(&self, id: &SiteId) -> Result<Option<Arc<Site>>, StoreError> {
        if let Some(site) = self.cached(id) {
            return Ok(Some(site));
        }
        let found = self.store.find_site(id.clone()).await?.map(Arc::new);
        let mut cache = self.cache.lock();
        match &found {
            Some(site) => cache.insert(id.clone(), (Instant::now(), Arc::clone(site))),
            None => cache.remove(id),
        };
        Ok(found)
    }

    fn cached(&self, id: &SiteId) -> Option<Arc<Site>> {
        let cache = self.cache.lock();
        let (since, site) = cache.get(id)?;
        (since.elapsed() < CACHE_LIFE).then(|| Arc::clone(site))
    }
}
