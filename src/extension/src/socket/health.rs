//! What all workers of one PHP server know together about the daemons they call.
//!
//! The server maps one page of anonymous memory before it forks; its workers find it at the same place. It holds
//! numbers only, which are changed atomically, so nothing in it belongs to a process.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::circuit::left;
use super::sys;

/// How many daemons are told apart; one server rarely speaks with two.
pub(super) const PLACES: usize = 64;

/// Silences in a row, of whichever workers, after which none waits for the daemon. One answer that came late is no
/// reason for all.
const SILENCES_THAT_COUNT: u64 = 3;

static PAGE: OnceLock<Option<&'static [Health; PLACES]>> = OnceLock::new();

/// The health of one daemon.
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Health {
    /// Which daemon: a hash of its path, 0 for none.
    name: AtomicU64,
    /// Calls since the last answer that waited in vain.
    silences: AtomicU64,
    /// When the last of them was, or when a worker last went to see, in microseconds of the host's clock.
    failed_at: AtomicU64,
}

impl Health {
    /// Makes the page. The server calls it before it forks; without it every process knows only its own.
    pub(crate) fn share() {
        PAGE.get_or_init(|| sys::shared_page().ok());
    }

    /// The place of a daemon; `None` where nothing is shared, or when another daemon has the place.
    pub(crate) fn of(path: &str) -> Option<&'static Self> {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let name = hasher.finish() | 1;
        let place = usize::try_from(hasher.finish() >> 32).ok()? % PLACES;
        let health = (*PAGE.get()?)?.get(place)?;
        match health.name.compare_exchange(0, name, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Some(health),
            Err(taken) => (taken == name).then_some(health),
        }
    }

    /// How long no worker calls; `None` when this one may. When the pause is over one worker goes to see, and for the
    /// others it begins again.
    pub(crate) fn retry_after(&self, now: impl FnOnce() -> u64, pause: Duration) -> Option<Duration> {
        if self.silences.load(Ordering::Relaxed) < SILENCES_THAT_COUNT || pause.is_zero() {
            return None;
        }
        let (failed_at, now) = (self.failed_at.load(Ordering::Relaxed), now());
        let left = left(failed_at, now, pause);
        if left.is_some() {
            return left;
        }
        let goes = self.failed_at.compare_exchange(failed_at, now, Ordering::Relaxed, Ordering::Relaxed);
        goes.is_err().then_some(pause)
    }

    /// A worker waited in vain.
    pub(crate) fn fail(&self, now: u64) {
        self.failed_at.store(now, Ordering::Relaxed);
        self.silences.fetch_add(1, Ordering::Relaxed);
    }

    /// A worker got an answer.
    pub(crate) fn succeed(&self) {
        if self.silences.load(Ordering::Relaxed) != 0 {
            self.silences.store(0, Ordering::Relaxed);
        }
    }
}
