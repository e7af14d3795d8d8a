#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use platen_core::clock::{Clock, Timestamp};

/// A clock that tells the same time until [`advance`](Self::advance) moves it.
#[derive(Debug)]
pub struct MockClock(AtomicI64);

impl MockClock {
    /// Starts at a fixed, plausible time, so that failures print readable values.
    pub fn new() -> Self {
        Self(AtomicI64::new(1_795_190_400_000_000))
    }

    /// Moves the time on.
    pub fn advance(&self, by: Duration) {
        let moved = self.now().after(by);
        self.0.store(moved.as_micros(), Ordering::SeqCst);
    }
}

impl Default for MockClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_when_told_to() {
        let clock = MockClock::new();
        let before = clock.now();

        clock.advance(Duration::from_secs(3));

        assert_eq!(clock.now().since(before), Duration::from_secs(3));
    }
}
