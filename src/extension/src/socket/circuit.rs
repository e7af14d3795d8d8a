use std::time::{Duration, Instant};

/// Remembers for a short time that the daemon did not answer, so that the next calls need not wait to learn it.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    failed_at: Option<Instant>,
}

impl Circuit {
    /// How long calls still fail at once; `None` when a call may be tried. The clock is read only after a failure.
    pub(crate) fn retry_after(&self, pause: Duration) -> Option<Duration> {
        self.retry_after_at(self.failed_at.map(|_| Instant::now())?, pause)
    }

    /// The same at a given moment.
    pub(crate) fn retry_after_at(&self, now: Instant, pause: Duration) -> Option<Duration> {
        let elapsed = now.saturating_duration_since(self.failed_at?);
        pause.checked_sub(elapsed).filter(|left| !left.is_zero())
    }

    /// The daemon did not answer.
    pub(crate) fn fail(&mut self, now: Instant) {
        self.failed_at = Some(now);
    }

    /// The daemon answered, or someone wants to know for certain.
    pub(crate) fn reset(&mut self) {
        self.failed_at = None;
    }
}
