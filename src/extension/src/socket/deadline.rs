use std::time::{Duration, Instant};

/// The moment by which a call must be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    ends: Instant,
    length: Duration,
}

impl Deadline {
    /// Begins now.
    pub(crate) fn after(length: Duration) -> Self {
        Self { ends: Instant::now() + length, length }
    }

    /// What is left; `None` when nothing is.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        Some(self.ends.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// The whole length it was given.
    pub(crate) fn length(&self) -> Duration {
        self.length
    }
}
