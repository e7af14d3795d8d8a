use std::time::Duration;

use platen_limits::uptime_micros;

use super::Health;

/// Remembers for a short time that the daemon did not answer, so that the next calls need not wait to learn it: this
/// worker after one failure, and all workers of the server after a few in a row.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    /// By [`uptime_micros`].
    failed_at: Option<u64>,
    shared: Option<&'static Health>,
}

impl Circuit {
    /// A circuit that knows what the other workers know.
    pub(crate) fn with(shared: Option<&'static Health>) -> Self {
        Self { failed_at: None, shared }
    }

    /// How long calls still fail at once; `None` when a call may be tried. The clock is read only after a failure.
    pub(crate) fn retry_after(&self, pause: Duration) -> Option<Duration> {
        let own = self.failed_at.and_then(|failed_at| left(failed_at, uptime_micros(), pause));
        own.or_else(|| self.shared?.retry_after(uptime_micros, pause))
    }

    /// The daemon did not answer.
    pub(crate) fn fail(&mut self, lesson: Lesson) {
        let now = uptime_micros();
        self.failed_at = Some(now);
        if let (Lesson::ForAll, Some(shared)) = (lesson, self.shared) {
            shared.fail(now);
        }
    }

    /// The daemon answered.
    pub(crate) fn succeed(&mut self) {
        self.failed_at = None;
        if let Some(shared) = self.shared {
            shared.succeed();
        }
    }

    /// Someone wants to know for certain; what this worker remembers is no reason against it.
    pub(crate) fn forget(&mut self) {
        self.failed_at = None;
    }
}

/// Who learns from a call that was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lesson {
    /// The daemon was silent for the usual time. Nobody else need wait to find that out.
    ForAll,
    /// It failed at once, which costs others no time and may be for a reason of this worker's own, such as its user; or
    /// the caller waited for less than others do.
    ForThisWorker,
}

/// What is left of a pause that began at a moment; `None` once it is over.
pub(super) fn left(failed_at: u64, now: u64, pause: Duration) -> Option<Duration> {
    let elapsed = Duration::from_micros(now.saturating_sub(failed_at));
    pause.checked_sub(elapsed).filter(|left| !left.is_zero())
}
