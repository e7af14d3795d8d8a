//! This process's view of the shared rate limits, mapped at its first use.
//!
//! Nothing in here calls into PHP. The mapping is as good in the child of a fork, so no process id is kept with it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use platen_core::rate::Quota;
use platen_core::wire::RateDecision;
use platen_limits::{Guest, uptime_micros};

use crate::ini;

/// How long a file that could not be used is left alone, in microseconds.
const RETRY_MICROS: u64 = 1_000_000;

thread_local! {
    static VIEW: RefCell<Option<View>> = const { RefCell::new(None) };
}

struct View {
    /// Which settings it was opened under.
    changes: u32,
    file: Result<Guest, Unusable>,
    decisions: u64,
}

struct Unusable {
    state: &'static str,
    since: u64,
}

/// What is known about the file.
pub(crate) struct LimitsState {
    /// Where it is looked for.
    pub(crate) path: PathBuf,
    /// `mapped`, `unused` before the first decision, or why it cannot be used.
    pub(crate) state: &'static str,
    /// Decisions that were made in it by this process.
    pub(crate) decisions: u64,
}

/// Takes from the limit of a key. `None` when the daemon has to be asked.
pub(crate) fn take(site: &str, key: &str, quota: Quota) -> Option<RateDecision> {
    let (changes, settings) = ini::daemon();
    let now = uptime_micros();
    VIEW.with_borrow_mut(|slot| {
        if !slot.as_mut().is_some_and(|view| view.changes == changes && view.is_good(now)) {
            let decisions = slot.as_ref().map_or(0, |view| view.decisions);
            *slot = Some(View { changes, file: open(&settings.limits, now), decisions });
        }
        let view = slot.as_mut()?;
        let decision = view.file.as_ref().ok()?.take(site, key, quota, now)?;
        view.decisions = view.decisions.saturating_add(1);
        Some(decision)
    })
}

/// For those who look into the process.
pub(crate) fn state() -> LimitsState {
    let path = ini::daemon().1.limits.clone();
    VIEW.with_borrow(|view| match view {
        None => LimitsState { path, state: "unused", decisions: 0 },
        Some(view) => {
            let state = view.file.as_ref().map_or_else(|unusable| unusable.state, |_| "mapped");
            LimitsState { path, state, decisions: view.decisions }
        }
    })
}

impl View {
    /// Whether there is no reason to open the file again.
    fn is_good(&mut self, now: u64) -> bool {
        match &mut self.file {
            Ok(guest) => guest.is_current(now),
            Err(unusable) => now.saturating_sub(unusable.since) < RETRY_MICROS,
        }
    }
}

fn open(path: &Path, now: u64) -> Result<Guest, Unusable> {
    Guest::open(path).map_err(|error| Unusable { state: error.as_str(), since: now })
}
