//! Retry budgets: a provider that fails everything is not asked several times as often for it.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use platen_core::clock::Timestamp;
use platen_core::retry::RetryBudget;
use rand::RngExt;

use super::store::LeasedJob;
use crate::config::JobsSettings;

/// How long a retry is put off for which there is no room: spread, so that they do not come back together.
const PUT_OFF: std::ops::RangeInclusive<u64> = 1_000..=10_000;

/// One budget per provider.
pub(super) struct RetryBudgets {
    empty: Option<RetryBudget>,
    by_provider: Mutex<HashMap<String, RetryBudget>>,
}

impl RetryBudgets {
    pub(super) fn new(settings: &JobsSettings) -> Self {
        // The configuration's ranges are those of the budget.
        let empty = RetryBudget::new(settings.retry_percent, settings.retries_per_second).ok();
        Self { empty, by_provider: Mutex::default() }
    }

    /// Counts an attempt. A retry for which there is no room now is to be put off until the time given; it is
    /// not counted then, and never put off beyond the job's deadline.
    pub(super) fn put_off(&self, provider: &str, job: &LeasedJob, now: Timestamp) -> Option<Timestamp> {
        let empty = self.empty.as_ref()?;
        let mut budgets = self.by_provider.lock();
        if !budgets.contains_key(provider) {
            budgets.insert(provider.to_owned(), empty.clone());
        }
        let budget = budgets.get_mut(provider)?;
        if job.failures == 0 {
            budget.first_attempt(now);
            return None;
        }
        if budget.try_retry(now) {
            return None;
        }
        let until = now.after(Duration::from_millis(rand::rng().random_range(PUT_OFF)));
        (until < job.deadline).then_some(until)
    }
}
