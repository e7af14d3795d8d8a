use platen_core::clock::Timestamp;

use crate::layout::Progress;

/// How long a handle keeps its counts to itself: reading must not write, and once a second it may.
const INTERVAL_MICROS: u64 = 1_000_000;

/// What a handle has counted and not yet added to the file's counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) failed_stores: u64,
    settled_at: Option<Timestamp>,
}

impl Tally {
    /// Whether it is time to look after the file: to add the counts, and to see whether the path still leads to
    /// it. True at most once a second.
    pub(crate) fn is_due(&mut self, now: Timestamp) -> bool {
        // Also when the clock was put back.
        let is_due = match self.settled_at {
            Some(at) => now.as_micros().abs_diff(at.as_micros()) >= INTERVAL_MICROS,
            None => false,
        };
        if is_due || self.settled_at.is_none() {
            self.settled_at = Some(now);
        }
        is_due
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.hits == 0 && self.misses == 0 && self.failed_stores == 0
    }

    /// Adds the counts to those of the file.
    pub(crate) fn add_to(&self, progress: &mut Progress) {
        progress.hits = progress.hits.saturating_add(self.hits);
        progress.misses = progress.misses.saturating_add(self.misses);
        progress.failed_stores = progress.failed_stores.saturating_add(self.failed_stores);
    }

    /// The counts were written.
    pub(crate) fn clear(&mut self) {
        (self.hits, self.misses, self.failed_stores) = (0, 0, 0);
    }
}
