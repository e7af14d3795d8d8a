//! The WordPress sites this daemon serves, and their secrets.
//!
//! Sites are added by `platend site add`, also while the daemon runs: [`Sites`] keeps what it looked up for
//! [`CACHE_LIFE`] only, so a rotated secret is in force within that time. A site that is not known is never
//! cached.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use platen_core::job::SiteId;
use platen_core::signing::SigningKey;
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
    /// Key of webhook signatures (`PLATEN_WEBHOOK_SECRET`).
    pub webhook_secret: SigningKey,
}

/// Keeps sites.
pub trait SiteStore: Send + Sync {
    /// The site of this id.
    fn find_site(&self, id: SiteId) -> StoreFuture<'_, Option<Site>>;
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
