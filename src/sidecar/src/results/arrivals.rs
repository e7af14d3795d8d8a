use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use platen_core::job::SiteId;
use tokio::sync::Notify;

/// Tells those who wait that a job of a site has ended. One entry per site that ever asked.
#[derive(Default)]
pub struct Arrivals(Mutex<HashMap<SiteId, Arc<Notify>>>);

impl Arrivals {
    /// Wakes those who wait for this site's results. What they wait for is durable.
    pub fn announce(&self, site: &SiteId) {
        if let Some(arrived) = self.0.lock().get(site) {
            arrived.notify_waiters();
        }
    }

    /// Wakes all who wait: any site may have results.
    pub fn announce_all(&self) {
        self.0.lock().values().for_each(|arrived| arrived.notify_waiters());
    }

    /// Only for sites that are known: the entry stays.
    pub(super) fn of(&self, site: &SiteId) -> Arc<Notify> {
        Arc::clone(self.0.lock().entry(site.clone()).or_default())
    }
}
