use std::fmt;
use std::str::FromStr;

use platen_core::clock::Timestamp;
use platen_core::job::{JobId, SiteId};
use serde::Serialize;
use thiserror::Error;

use crate::storage::StoreFuture;

/// What operators see of deliveries, and do about them.
pub trait DeliveryLog: Send + Sync {
    /// Deliveries that match, the newest event first.
    fn deliveries(&self, filter: DeliveryFilter, limit: u32) -> StoreFuture<'_, Vec<DeliveryRecord>>;

    /// How many match.
    fn count_deliveries(&self, filter: DeliveryFilter) -> StoreFuture<'_, u64>;

    /// Every try at a delivery, oldest first; `None` when there is no such delivery.
    fn tries(&self, delivery_id: String) -> StoreFuture<'_, Option<Vec<DeliveryTry>>>;

    /// Begins another round of tries, under the same `webhook-id`, for up to `limit` deliveries that match and do
    /// not wait, the oldest first, from the one after `after` on ([`Replayed::last`], or 0). In one transaction for
    /// all of them.
    fn replay_deliveries(
        &self,
        filter: DeliveryFilter,
        after: i64,
        limit: u32,
        now: Timestamp,
    ) -> StoreFuture<'_, Replayed>;
}

/// Which deliveries are meant. An empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only this one.
    pub delivery_id: Option<String>,
    /// Only those of this job.
    pub job_id: Option<JobId>,
    /// Only this site's.
    pub site: Option<SiteId>,
    /// Only those that stand here.
    pub state: Option<DeliveryState>,
    /// Only events of this time or later.
    pub since: Option<Timestamp>,
    /// Only events before this time.
    pub until: Option<Timestamp>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// A try is due, now or later.
    Waiting,
    /// The site has it.
    Delivered,
    /// It is not tried any more; the site may still ask for it.
    GivenUp,
}

/// The word names no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not one of waiting, delivered, given_up")]
pub struct UnknownDeliveryState;

impl DeliveryState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::GivenUp];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeliveryState {
    type Err = UnknownDeliveryState;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or(UnknownDeliveryState)
    }
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryRecord {
    /// Its `webhook-id`.
    pub id: String,
    /// Whose it is.
    pub site: SiteId,
    /// The job that ended.
    pub job_id: JobId,
    /// Where it stands.
    pub state: DeliveryState,
    /// How the site got it: `webhook`, or `page` when it asked.
    pub delivered_by: Option<String>,
    /// Tries so far.
    pub tries: u32,
    /// When the next one is due.
    pub next_at: Option<Timestamp>,
    /// What the site answered last.
    pub http_status: Option<u16>,
    /// What was wrong with the last try.
    pub error: Option<String>,
    /// When the job ended.
    pub created_at: Timestamp,
}

/// One try at a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryTry {
    /// Which try it was, from 1; 0 for a page that the site asked for.
    pub attempt: u32,
    /// When it ended.
    pub at: Timestamp,
    /// `delivered`, `failed` or `given_up`.
    pub outcome: String,
    /// What the site answered, if it did.
    pub http_status: Option<u16>,
    /// What was wrong.
    pub error: Option<String>,
}

/// What a replay did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Deliveries that wait again.
    pub replayed: u64,
    /// Those whose event cannot be told any more: its content was purged, or its job has gone on since.
    pub untellable: u64,
    /// The number of the last one that was looked at; `None` when there was none.
    pub last: Option<i64>,
}
