use std::time::Duration;

use thiserror::Error;

use crate::clock::Timestamp;
use crate::window::Window;

/// Allows retries in proportion to first attempts, so that a provider that fails everything is asked a fifth more
/// often, and not four times as often.
///
/// A limit of tries per job does not give that: when every job fails, every job is tried again, and the load is
/// multiplied when the provider can bear it least. This is Finagle's retry budget (`RetryBudget`, with its window of
/// 10 s and its minimum of retries per second), as also described in "Addressing Cascading Failures" of Google's
/// Site Reliability Engineering.
///
/// The law: with every retry that is allowed, those of the last 10 s do not exceed `percent` of the first attempts of
/// that time, plus `floor_per_second` for each of its seconds. The floor lets a job through that is alone.
///
/// ```
/// use platen_core::clock::Timestamp;
/// use platen_core::retry::RetryBudget;
///
/// let now = Timestamp::from_seconds(1_000);
/// let mut budget = RetryBudget::new(20, 0)?;
/// for _ in 0..10 {
///     budget.first_attempt(now);
/// }
///
/// let allowed = (0..10).filter(|_| budget.try_retry(now)).count();
/// assert_eq!(allowed, 2);
/// # Ok::<(), platen_core::retry::InvalidBudget>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    percent: u64,
    /// In hundredths of a retry.
    floor: u64,
    /// Calls are all attempts, the marked ones are retries.
    attempts: Window,
}

/// Over which time attempts are weighed.
const WINDOW: Duration = Duration::from_secs(10);
/// Above this, retries would outnumber first attempts ten to one.
const MAX_PERCENT: u32 = 1_000;
/// More retries per second than any provider's limit.
const MAX_FLOOR_PER_SECOND: u32 = 10_000;

/// The numbers do not make a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidBudget {
    /// The share of retries is not one.
    #[error("retries are at most {MAX_PERCENT} percent of first attempts")]
    Percent,
    /// The floor is not one.
    #[error("the floor is at most {MAX_FLOOR_PER_SECOND} retries per second")]
    Floor,
}

impl RetryBudget {
    /// A budget of so many retries per hundred first attempts, and so many per second in any case.
    ///
    /// # Errors
    /// [`InvalidBudget`] names the number that is too large.
    pub fn new(percent: u32, floor_per_second: u32) -> Result<Self, InvalidBudget> {
        if percent > MAX_PERCENT {
            return Err(InvalidBudget::Percent);
        }
        if floor_per_second > MAX_FLOOR_PER_SECOND {
            return Err(InvalidBudget::Floor);
        }
        let floor = u64::from(floor_per_second) * WINDOW.as_secs() * 100;
        Ok(Self { percent: u64::from(percent), floor, attempts: Window::new(WINDOW) })
    }

    /// Counts an attempt that is not a retry.
    pub fn first_attempt(&mut self, now: Timestamp) {
        self.attempts.count(now, false);
    }

    /// Whether another retry may be made; if so it is counted.
    pub fn try_retry(&mut self, now: Timestamp) -> bool {
        let is_allowed = self.left(now) >= 100;
        if is_allowed {
            self.attempts.count(now, true);
        }
        is_allowed
    }

    /// How many retries may be made now.
    pub fn available(&mut self, now: Timestamp) -> u64 {
        self.left(now) / 100
    }

    /// In hundredths of a retry.
    fn left(&mut self, now: Timestamp) -> u64 {
        let counts = self.attempts.total(now);
        let first = counts.calls.saturating_sub(counts.marked);
        let earned = first.saturating_mul(self.percent).saturating_add(self.floor);
        earned.saturating_sub(counts.marked.saturating_mul(100))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn retries_never_exceed_their_share_of_what_the_window_holds(
            percent in 0_u32..=100,
            floor in 0_u32..3,
            steps in prop::collection::vec((0_i64..3_000, any::<bool>()), 1..300),
        ) {
            let mut budget = RetryBudget::new(percent, floor).unwrap();
            let mut told: Vec<(i64, bool)> = Vec::new();
            let mut now = 1_000_000_000;
            for (wait_ms, is_retry) in steps {
                now += wait_ms * 1_000;
                let at = Timestamp::from_micros(now);
                if !is_retry {
                    budget.first_attempt(at);
                    told.push((now / 1_000_000, false));
                } else if budget.try_retry(at) {
                    told.push((now / 1_000_000, true));
                    let inside = || told.iter().filter(|(second, _)| *second > now / 1_000_000 - 10);
                    let retries = inside().filter(|(_, is_retry)| *is_retry).count() as u64;
                    let firsts = inside().count() as u64 - retries;
                    prop_assert!(retries * 100 <= firsts * u64::from(percent) + u64::from(floor) * 1_000);
                }
            }
        }

        #[test]
        fn a_provider_that_fails_everything_gets_its_load_and_the_share(
            percent in 0_u32..=100, per_second in 1_u64..200,
        ) {
            let mut budget = RetryBudget::new(percent, 0).unwrap();
            let mut retries = 0;
            for second in 0..100_i64 {
                let now = Timestamp::from_seconds(second);
                for _ in 0..per_second {
                    budget.first_attempt(now);
                    retries += u64::from(budget.try_retry(now));
                }
            }
            prop_assert!(retries <= per_second * 100 * u64::from(percent) / 100);
            // What is left over in each window is less than a retry.
            prop_assert!(retries + 11 >= per_second * 100 * u64::from(percent) / 100);
        }
    }

    #[test]
    fn the_floor_lets_a_lone_job_through() {
        let mut budget = RetryBudget::new(20, 1).unwrap();
        let now = Timestamp::from_seconds(50);

        let allowed = (0..100).filter(|_| budget.try_retry(now)).count();

        assert_eq!(allowed, 10);
        assert!(!budget.try_retry(now.after(Duration::from_secs(5))));
        assert!(budget.try_retry(now.after(Duration::from_secs(10))));
    }

    #[test]
    fn numbers_that_are_too_large_are_refused() {
        assert_eq!(RetryBudget::new(1_001, 0), Err(InvalidBudget::Percent));
        assert_eq!(RetryBudget::new(0, 10_001), Err(InvalidBudget::Floor));
    }
}
