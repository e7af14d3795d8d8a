//! How many requests a window allows: the arithmetic of a rate limit (GCRA), without a clock and without a place.
//!
//! A key is a bucket that holds `limit` requests and fills evenly over the window: all of them may come at once,
//! after that one per `window / limit`. The one number kept per key is when the bucket is full again, in microseconds
//! of whatever clock the caller uses. So a decision is a comparison and an addition, which fit one compare-and-swap,
//! and a limit that is changed between two requests needs no conversion.

use std::time::Duration;

use thiserror::Error;

use crate::limits::{MAX_RATE_KEY_BYTES, MAX_RATE_WINDOW};
use crate::wire::{RateDecision, RateRequest};

/// A request for a limit that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidRate {
    /// See [`RateRequest::key`].
    #[error("a rate key is 1 to {MAX_RATE_KEY_BYTES} bytes")]
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

/// What one request takes from one limit, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What one request costs in time: the window divided by the limit, at least 1 µs.
    interval: u64,
    /// The bucket: all requests of the window at once.
    capacity: u64,
    /// What this request costs in time.
    price: u64,
}

/// A decision, and what has to be kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// For the caller.
    pub decision: RateDecision,
    /// When the bucket is full again now; `None` when that has not changed.
    pub full_at: Option<u64>,
}

impl Quota {
    /// Reads a request.
    ///
    /// # Errors
    /// [`InvalidRate`] names the field that is outside its range.
    pub fn of(request: &RateRequest) -> Result<Self, InvalidRate> {
        Self::new(&request.key, request.limit, request.window(), request.cost)
    }

    /// Checks and converts the fields of a [`RateRequest`].
    ///
    /// # Errors
    /// [`InvalidRate`] names the field that is outside its range.
    pub fn new(key: &str, limit: u32, window: Duration, cost: u32) -> Result<Self, InvalidRate> {
        if key.is_empty() || key.len() > MAX_RATE_KEY_BYTES {
            return Err(InvalidRate::Key);
        }
        if limit == 0 {
            return Err(InvalidRate::Limit);
        }
        if window.is_zero() || window > MAX_RATE_WINDOW {
            return Err(InvalidRate::Window);
        }
        if cost > limit {
            return Err(InvalidRate::Cost);
        }
        // A month is 42 bits of microseconds and the limit 32 bits: with an interval of 1 µs and more, neither
        // product overflows.
        let window = u64::try_from(window.as_micros()).map_err(|_| InvalidRate::Window)?;
        let interval = window.checked_div(u64::from(limit)).unwrap_or(window).max(1);
        let of = |requests: u32| interval.saturating_mul(u64::from(requests));
        Ok(Self { interval, capacity: of(limit), price: of(cost) })
    }

    /// Decides for a bucket that is full again at `full_at`.
    ///
    /// A debt longer than the whole window, of an earlier and higher limit, of a damaged file or of a clock that was
    /// set back, is cut to the window: nobody waits longer than that.
    pub fn decide(&self, full_at: u64, now: u64) -> Verdict {
        let owed = full_at.saturating_sub(now);
        let debt = owed.min(self.capacity);
        let after = debt.saturating_add(self.price);
        if after > self.capacity {
            let retry_after_ms = after.saturating_sub(self.capacity).div_ceil(1000);
            let decision =
                RateDecision { is_allowed: false, remaining: self.remaining(debt), retry_after_ms };
            return Verdict { decision, full_at: (owed > debt).then(|| now.saturating_add(debt)) };
        }
        let decision = RateDecision { is_allowed: true, remaining: self.remaining(after), retry_after_ms: 0 };
        Verdict { decision, full_at: (self.price > 0 || owed > debt).then(|| now.saturating_add(after)) }
    }

    fn remaining(&self, debt: u64) -> u32 {
        let free = self.capacity.saturating_sub(debt).checked_div(self.interval).unwrap_or(0);
        u32::try_from(free).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
