//! Rate limits: how many requests of a key a window allows.
//!
//! A key is a bucket that holds `limit` requests and fills evenly over the window (GCRA): all of them may
//! come at once, after that one per `window / limit`. The one number kept per key is when the bucket is full
//! again, so a decision is a comparison and an addition under one lock, and a limit that is changed between
//! two requests needs no conversion. What was decided is written behind, about once a second and at the end,
//! so that a restart does not forget it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::wire::{RateDecision, RateRequest};
use thiserror::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;

/// Keys in memory, about 20 MB at most. Past it the keys that are nearest to full are forgotten: those who
/// hammer at a limit stay.
const MAX_BUCKETS: usize = 100_000;

/// The longest key, in bytes.
const MAX_KEY_BYTES: usize = 191;

/// The longest window: a bucket kept for longer is no rate limit.
const MAX_WINDOW: Duration = Duration::from_hours(31 * 24);

/// How much of the decisions a crash may forget.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// What is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BucketKey {
    /// Whose limit it is.
    pub site: SiteId,
    /// Unique within the site.
    pub key: String,
}

/// One bucket as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// What is limited.
    pub key: BucketKey,
    /// When it is full again.
    pub full_at: Timestamp,
}

/// Keeps buckets over a restart.
pub trait BucketStore: Send + Sync {
    /// All buckets that are not full yet.
    fn load_buckets(&self, now: Timestamp) -> StoreFuture<'_, Vec<Bucket>>;

    /// Keeps these buckets as they stand. In one transaction.
    fn save_buckets(&self, buckets: Vec<Bucket>) -> StoreFuture<'_, ()>;
}

/// A request for a limit that makes no sense.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum InvalidRate {
    /// See [`RateRequest::key`].
    #[error("a rate key is 1 to {MAX_KEY_BYTES} bytes")]
    Key,
    /// See [`RateRequest::limit`].
    #[error("a rate limit allows at least one request")]
    Limit,
    /// See [`RateRequest::window_ms`].
    #[error("a rate window is 1 ms to 31 days")]
    Window,
    /// It could never be allowed.
    #[error("a request cannot cost more than the whole limit")]
    Cost,
}

/// Decides. One per process.
pub struct RateLimiter {
    store: Arc<dyn BucketStore>,
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    full_at: HashMap<BucketKey, Timestamp>,
    /// Changed since they were last kept.
    dirty: HashSet<BucketKey>,
}

impl RateLimiter {
    /// A limiter that remembers what an earlier process decided.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn load(store: Arc<dyn BucketStore>, now: Timestamp) -> Result<Self, StoreError> {
        let loaded = store.load_buckets(now).await?;
        let full_at = loaded.into_iter().map(|bucket| (bucket.key, bucket.full_at)).collect();
        Ok(Self { store, buckets: Mutex::new(Buckets { full_at, dirty: HashSet::new() }) })
    }

    /// Takes from a limit, or tells how long to wait. A cost of 0 only looks.
    ///
    /// # Errors
    /// [`InvalidRate`] names the field that is outside its range.
    pub fn take(&self, request: &RateRequest, now: Timestamp) -> Result<RateDecision, InvalidRate> {
        let quota = Quota::of(request)?;
        let key = BucketKey { site: request.site.clone(), key: request.key.clone() };
        let mut buckets = self.buckets.lock();
        let full_at = buckets.full_at.get(&key).copied().unwrap_or(now);
        let (decision, taken) = quota.decide(full_at, request.cost, now);
        if let Some(full_at) = taken {
            buckets.make_room(now);
            buckets.dirty.insert(key.clone());
            buckets.full_at.insert(key, full_at);
        }
        Ok(decision)
    }

    /// Writes down what was decided since the last time. On an error the next call writes it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn save(&self) -> Result<(), StoreError> {
        let (dirty, changed) = {
            let mut buckets = self.buckets.lock();
            let dirty = std::mem::take(&mut buckets.dirty);
            let changed: Vec<Bucket> = dirty
                .iter()
                .filter_map(|key| {
                    let full_at = *buckets.full_at.get(key)?;
                    Some(Bucket { key: key.clone(), full_at })
                })
                .collect();
            (dirty, changed)
        };
        if changed.is_empty() {
            return Ok(());
        }
        let outcome = self.store.save_buckets(changed).await;
        if outcome.is_err() {
            self.buckets.lock().dirty.extend(dirty);
        }
        outcome
    }
}

/// Writes decisions behind until the daemon drains; the last ones are for the caller to save.
pub async fn write_behind(limiter: Arc<RateLimiter>, draining: CancellationToken) {
    loop {
        tokio::select! {
            () = draining.cancelled() => return,
            () = sleep(SAVE_INTERVAL) => {}
        }
        if let Err(error) = limiter.save().await {
            tracing::error!(
                { names::ERROR } = error.report(),
                "rate limits could not be kept and will be tried again"
            );
        }
    }
}

impl Buckets {
    fn make_room(&mut self, now: Timestamp) {
        if self.full_at.len() < MAX_BUCKETS {
            return;
        }
        self.full_at.retain(|_, full_at| *full_at > now);
        if self.full_at.len() < MAX_BUCKETS {
            return;
        }
        let mut times: Vec<Timestamp> = self.full_at.values().copied().collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        self.full_at.retain(|_, full_at| *full_at > median);
    }
}

/// A limit in microseconds.
struct Quota {
    /// What one request costs in time: the window divided by the limit, at least 1 µs.
    interval: i64,
    /// The bucket: all requests of the window at once.
    capacity: i64,
}

impl Quota {
    fn of(request: &RateRequest) -> Result<Self, InvalidRate> {
        if request.key.is_empty() || request.key.len() > MAX_KEY_BYTES {
            return Err(InvalidRate::Key);
        }
        if request.limit == 0 {
            return Err(InvalidRate::Limit);
        }
        if request.window_ms == 0 || request.window() > MAX_WINDOW {
            return Err(InvalidRate::Window);
        }
        if request.cost > request.limit {
            return Err(InvalidRate::Cost);
        }
        // A month is 42 bits of microseconds and the limit 32 bits: nothing here overflows.
        let window = i64::try_from(request.window().as_micros()).map_err(|_| InvalidRate::Window)?;
        let interval = window.checked_div(i64::from(request.limit)).unwrap_or(window).max(1);
        Ok(Self { interval, capacity: interval.saturating_mul(i64::from(request.limit)) })
    }

    /// The decision, and when the bucket is full again if something was taken.
    fn decide(&self, full_at: Timestamp, cost: u32, now: Timestamp) -> (RateDecision, Option<Timestamp>) {
        // A lower limit than before must not make an old debt longer than the whole window.
        let debt = full_at.as_micros().saturating_sub(now.as_micros()).clamp(0, self.capacity);
        let after = debt.saturating_add(self.interval.saturating_mul(i64::from(cost)));
        if after > self.capacity {
            let wait_micros = after.saturating_sub(self.capacity);
            let retry_after_ms = u64::try_from(wait_micros).unwrap_or(0).div_ceil(1000);
            return (
                RateDecision { is_allowed: false, remaining: self.remaining(debt), retry_after_ms },
                None,
            );
        }
        let decision = RateDecision { is_allowed: true, remaining: self.remaining(after), retry_after_ms: 0 };
        let taken = (cost > 0).then(|| Timestamp::from_micros(now.as_micros().saturating_add(after)));
        (decision, taken)
    }

    fn remaining(&self, debt: i64) -> u32 {
        let free = self.capacity.saturating_sub(debt).checked_div(self.interval).unwrap_or(0);
        u32::try_from(free).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
