//! Counts over the last so many seconds.

use std::time::Duration;

use crate::clock::Timestamp;

/// How finely a window moves.
const SLOTS: i64 = 10;

/// Two counts over a window that moves on in tenths of its length: what is older falls out of it. Holds a fixed
/// number of counters, whatever the traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    slot: Duration,
    /// The number of the newest slot, counted from the epoch.
    newest: i64,
    /// The newest is at `newest % SLOTS`.
    slots: [Counts; 10],
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) marked: u64,
}

impl Window {
    /// An empty window of this length, which is not under 10 µs.
    pub(crate) fn new(length: Duration) -> Self {
        let slot = length.checked_div(10).unwrap_or_default().max(Duration::from_micros(1));
        Self { slot, newest: 0, slots: [Counts::default(); 10] }
    }

    /// Counts a call; `marked` is what the window's owner counts apart.
    pub(crate) fn count(&mut self, now: Timestamp, marked: bool) {
        let number = self.move_to(now);
        let place = usize::try_from(number.rem_euclid(SLOTS)).unwrap_or(0);
        if let Some(slot) = self.slots.get_mut(place) {
            slot.calls = slot.calls.saturating_add(1);
            slot.marked = slot.marked.saturating_add(u64::from(marked));
        }
    }

    /// What was counted within the window that ends now.
    pub(crate) fn total(&mut self, now: Timestamp) -> Counts {
        self.move_to(now);
        self.slots.iter().fold(Counts::default(), |sum, slot| Counts {
            calls: sum.calls.saturating_add(slot.calls),
            marked: sum.marked.saturating_add(slot.marked),
        })
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.slots = [Counts::default(); 10];
    }

    /// Empties the slots whose time has come again. A clock that goes back stays in the newest slot.
    fn move_to(&mut self, now: Timestamp) -> i64 {
        let micros = i64::try_from(self.slot.as_micros()).unwrap_or(i64::MAX);
        let number = now.as_micros().div_euclid(micros).max(self.newest);
        let passed = number.saturating_sub(self.newest).min(SLOTS);
        for step in 0..passed {
            let place = usize::try_from(number.saturating_sub(step).rem_euclid(SLOTS)).unwrap_or(0);
            if let Some(slot) = self.slots.get_mut(place) {
                *slot = Counts::default();
            }
        }
        self.newest = number;
        number
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_total_is_what_was_counted_in_the_last_ten_slots(
            steps in prop::collection::vec((0_i64..400, any::<bool>()), 1..100),
        ) {
            let mut window = Window::new(Duration::from_millis(1));
            let mut told = Vec::new();
            let mut now = 0;
            for (wait, marked) in steps {
                now += wait;
                window.count(Timestamp::from_micros(now), marked);
                told.push((now / 100, marked));

                let inside: Vec<_> = told.iter().filter(|(slot, _)| *slot > now / 100 - 10).collect();
                let marked = inside.iter().filter(|(_, marked)| *marked).count();
                let counts = window.total(Timestamp::from_micros(now));
                prop_assert_eq!((counts.calls, counts.marked), (inside.len() as u64, marked as u64));
            }
        }
    }

    #[test]
    fn a_clock_that_goes_back_loses_nothing() {
        let mut window = Window::new(Duration::from_secs(10));
        window.count(Timestamp::from_seconds(100), false);
        window.count(Timestamp::from_seconds(1), true);

        assert_eq!(window.total(Timestamp::from_seconds(100)), Counts { calls: 2, marked: 1 });
    }
}
