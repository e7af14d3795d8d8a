use std::time::Duration;

use thiserror::Error;

/// Waiting times that grow by a factor and are drawn at random between a floor and a ceiling (full jitter),
/// so that many clients that failed together do not come back together.
///
/// The laws, for every try and every random number: `floor(n) <= delay(n, random) <= ceiling(n) <= cap`, and
/// neither floor nor ceiling ever shrinks from one try to the next.
///
/// ```
/// use std::time::Duration;
/// use platen_core::retry::Backoff;
///
/// let backoff = Backoff::new(Duration::from_secs(1), 3, Duration::from_hours(1), 50)?;
///
/// assert_eq!(backoff.ceiling(3), Duration::from_secs(9));
/// assert_eq!(backoff.delay(3, 0), Duration::from_millis(4_500));
/// # Ok::<(), platen_core::retry::InvalidBackoff>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    factor: u32,
    cap: Duration,
    floor_percent: u32,
}

/// The numbers do not make a backoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidBackoff {
    /// Without a first wait every wait is zero.
    #[error("the first wait must be longer than zero")]
    NoFirst,
    /// A factor of zero would shrink the waits.
    #[error("the factor must be at least 1")]
    NoFactor,
    /// The cap would cut the first wait.
    #[error("the cap must not be shorter than the first wait")]
    CapBelowFirst,
    /// A floor above the ceiling.
    #[error("the floor is at most 100 percent of the ceiling")]
    FloorAboveCeiling,
}

impl Backoff {
    /// The first try to fail waits at most `first`; each later one at most `factor` times as long as the one
    /// before, and never longer than `cap`. The floor is `floor_percent` of the ceiling: 0 is pure full
    /// jitter, 100 is none.
    ///
    /// # Errors
    /// [`InvalidBackoff`] names the first number that breaks the laws of [`Backoff`].
    pub fn new(
        first: Duration,
        factor: u32,
        cap: Duration,
        floor_percent: u32,
    ) -> Result<Self, InvalidBackoff> {
        if first.is_zero() {
            return Err(InvalidBackoff::NoFirst);
        }
        if factor == 0 {
            return Err(InvalidBackoff::NoFactor);
        }
        if cap < first {
            return Err(InvalidBackoff::CapBelowFirst);
        }
        if floor_percent > 100 {
            return Err(InvalidBackoff::FloorAboveCeiling);
        }
        Ok(Self { first, factor, cap, floor_percent })
    }

    /// The longest wait after `failures` failed tries. Zero counts as one.
    pub fn ceiling(&self, failures: u32) -> Duration {
        let growth = self.factor.saturating_pow(failures.saturating_sub(1));
        self.first.saturating_mul(growth).min(self.cap)
    }

    /// The shortest wait after `failures` failed tries.
    pub fn floor(&self, failures: u32) -> Duration {
        share(self.ceiling(failures), u128::from(self.floor_percent), 100)
    }

    /// The wait after `failures` failed tries. `random` is uniform over all of `u64`.
    pub fn delay(&self, failures: u32, random: u64) -> Duration {
        let floor = self.floor(failures);
        let spread = self.ceiling(failures).saturating_sub(floor);
        floor.saturating_add(share(spread, u128::from(random), u128::from(u64::MAX)))
    }
}

/// `duration × numerator ÷ denominator`, rounded down; the numerator is not above the denominator.
fn share(duration: Duration, numerator: u128, denominator: u128) -> Duration {
    // 94 bits of nanoseconds would overflow with 64 more; microseconds of a century fit.
    let micros = duration.as_micros().min(u128::from(u64::MAX));
    let part = micros.saturating_mul(numerator).checked_div(denominator).unwrap_or(0);
    Duration::from_micros(u64::try_from(part).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_backoff() -> impl Strategy<Value = Backoff> {
        (1_u64..100_000, 1_u32..10, 0_u64..10_000_000, 0_u32..=100).prop_map(
            |(first_ms, factor, more_ms, floor_percent)| {
                let first = Duration::from_millis(first_ms);
                Backoff::new(first, factor, first + Duration::from_millis(more_ms), floor_percent).unwrap()
            },
        )
    }

    proptest! {
        #[test]
        fn a_delay_lies_between_floor_and_ceiling(
            backoff in any_backoff(), failures: u32, random: u64,
        ) {
            let delay = backoff.delay(failures, random);

            prop_assert!(backoff.floor(failures) <= delay);
            prop_assert!(delay <= backoff.ceiling(failures));
            prop_assert!(backoff.ceiling(failures) <= backoff.cap);
        }

        #[test]
        fn floor_and_ceiling_never_shrink(backoff in any_backoff(), failures in 0_u32..1_000) {
            prop_assert!(backoff.ceiling(failures) <= backoff.ceiling(failures + 1));
            prop_assert!(backoff.floor(failures) <= backoff.floor(failures + 1));
        }

        #[test]
        fn the_extremes_of_the_random_number_reach_floor_and_ceiling(
            backoff in any_backoff(), failures in 1_u32..50,
        ) {
            prop_assert_eq!(backoff.delay(failures, 0), backoff.floor(failures));
            // Rounding to microseconds happens once for the floor and once for the spread.
            let short = backoff.ceiling(failures).saturating_sub(backoff.delay(failures, u64::MAX));
            prop_assert!(short <= Duration::from_micros(1), "short by {:?}", short);
        }
    }

    #[test]
    fn the_ceilings_grow_by_the_factor_up_to_the_cap() {
        let backoff = Backoff::new(Duration::from_secs(1), 3, Duration::from_mins(1), 0).unwrap();

        let ceilings: Vec<u64> = (1..=6).map(|failures| backoff.ceiling(failures).as_secs()).collect();

        assert_eq!(ceilings, [1, 3, 9, 27, 60, 60]);
    }

    #[test]
    fn numbers_that_break_the_laws_are_refused() {
        let second = Duration::from_secs(1);

        assert_eq!(Backoff::new(Duration::ZERO, 2, second, 0), Err(InvalidBackoff::NoFirst));
        assert_eq!(Backoff::new(second, 0, second, 0), Err(InvalidBackoff::NoFactor));
        assert_eq!(Backoff::new(second * 2, 2, second, 0), Err(InvalidBackoff::CapBelowFirst));
        assert_eq!(Backoff::new(second, 2, second, 101), Err(InvalidBackoff::FloorAboveCeiling));
    }
}
