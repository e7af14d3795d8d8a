//! What results need from a database.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;

use crate::storage::StoreFuture;

/// Keeps what a site was not told of.
pub trait ResultStore: Send + Sync {
    /// Whether there is anything that [`ResultStore::take_page`] would hand out or acknowledge.
    fn has_results(&self, site: SiteId) -> StoreFuture<'_, bool>;

    /// Ends what was on the page of this cursor, and hands out up to `limit` results that are left, the oldest
    /// first. Only the cursor of the last page means anything.
    /// In one transaction: deliveries, hops, the number of the page.
    fn take_page(&self, request: PageRequest, now: Timestamp) -> StoreFuture<'_, TakenPage>;
}

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Whose results.
    pub site: SiteId,
    /// The cursor of the page that was taken; 0 for none.
    pub since: u64,
    /// At most so many results.
    pub limit: u32,
    /// At most so many bytes of them, unless the first has more.
    pub max_bytes: usize,
}

/// A page of results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenPage {
    /// The events' ids and bodies.
    pub events: Vec<(String, Vec<u8>)>,
    /// What acknowledges them.
    pub cursor: u64,
    /// Whether more are left.
    pub has_more: bool,
    /// How many were acknowledged.
    pub acknowledged: u64,
}
