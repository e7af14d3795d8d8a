//! The wall clock of the process: the only place that reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use platen_core::clock::{Clock, Timestamp};

/// Tells the system's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation of Clock")]
    fn now(&self) -> Timestamp {
        // A clock before 1970 is a broken machine; zero keeps every comparison well defined.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}
