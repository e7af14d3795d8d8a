//! Rate limits: how many requests of a key a window allows.
//!
//! The decisions are in a file that PHP's workers map as well (`platen_limits`): they decide about keys that are
//! there without asking. This process gives out the places in it. A key that finds none, because thousands of others
//! wait for their buckets to fill, is kept in the memory of this process and decided over the socket.

use std::collections::HashMap;
use std::path::Path;

use parking_lot::Mutex;
use platen_core::rate::{InvalidRate, Quota};
use platen_core::wire::{RateDecision, RateRequest};
use platen_limits::{OpenError, Owned, Owner, RateKey};
use thiserror::Error;

use crate::telemetry::names;

/// Keys in memory beside the table. Past it the keys that are nearest to full are forgotten: those who hammer at a
/// limit stay.
const MAX_SPILLED: usize = 100_000;

/// The rate limits cannot be kept.
#[derive(Debug, Error)]
pub enum RatesError {
    /// Another daemon gives out the places of the same file.
    #[error("another daemon listens beside {0}, which it owns")]
    InUse(String),
    /// There is no memory for a table.
    #[error("there is no memory for the rate limits")]
    NoMemory(#[source] std::io::Error),
}

/// Decides. One per process.
pub struct RateLimiter {
    table: Owner,
    /// Keys without a place in the table, with when their bucket is full again. The lock is also what makes this
    /// process one thread for [`Owner::take`].
    spilled: Mutex<HashMap<RateKey, u64>>,
}

impl RateLimiter {
    /// Shares limits through this file, with what an earlier process decided since the host started. Where the file
    /// cannot be made, the limits are kept in this process alone, and PHP asks over the socket.
    ///
    /// # Errors
    /// [`RatesError`]
    pub fn open(path: &Path, mode: u32, gid: Option<u32>) -> Result<Self, RatesError> {
        match Owner::open(path, mode, gid, rand::random()) {
            Ok(table) => Ok(Self::of(table)),
            Err(OpenError::InUse) => Err(RatesError::InUse(path.display().to_string())),
            Err(error) => {
                tracing::warn!(
                    { names::ERROR } = %error,
                    state = error.as_str(),
                    path = %path.display(),
                    "rate limits are not shared with PHP and do not survive a restart"
                );
                Self::private()
            }
        }
    }

    /// Keeps limits in this process alone.
    ///
    /// # Errors
    /// [`RatesError::NoMemory`]
    pub fn private() -> Result<Self, RatesError> {
        Owner::private(rand::random()).map(Self::of).map_err(RatesError::NoMemory)
    }

    /// Takes from a limit, or tells how long to wait. A cost of 0 only looks. `now` is the host's uptime in
    /// microseconds.
    ///
    /// # Errors
    /// [`InvalidRate`] names the field that is outside its range.
    pub fn take(&self, request: &RateRequest, now: u64) -> Result<RateDecision, InvalidRate> {
        let quota = Quota::of(request)?;
        let key = self.table.key(request.site.as_str(), &request.key);
        let mut spilled = self.spilled.lock();
        let full_at = spilled.get(&key).copied().unwrap_or(0);
        match self.table.take(key, quota, full_at, now) {
            Owned::Decided(decision) => {
                spilled.remove(&key);
                Ok(decision)
            }
            Owned::NoRoom => {
                let verdict = quota.decide(full_at, now);
                if let Some(full_at) = verdict.full_at {
                    make_room(&mut spilled, now);
                    spilled.insert(key, full_at);
                }
                Ok(verdict.decision)
            }
        }
    }

    fn of(table: Owner) -> Self {
        Self { table, spilled: Mutex::default() }
    }
}

fn make_room(spilled: &mut HashMap<RateKey, u64>, now: u64) {
    if spilled.len() < MAX_SPILLED {
        return;
    }
    spilled.retain(|_, full_at| *full_at > now);
    if spilled.len() < MAX_SPILLED {
        return;
    }
    let mut times: Vec<u64> = spilled.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    spilled.retain(|_, full_at| *full_at > median);
}

#[cfg(test)]
mod tests;
