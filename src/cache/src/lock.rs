//! The writers' lock: one at a time, over all processes. Readers never take it.
//!
//! It is `flock(2)` on the cache file itself: the kernel gives it back when its holder is killed.

use std::fs::{File, TryLockError};
use std::time::{Duration, Instant};

use crate::CacheError;

/// How long a request waits for another writer: a thousand times what a write takes, and nothing a visitor
/// notices.
pub(crate) const REQUEST_WAIT: Duration = Duration::from_millis(20);

/// How long a flush waits, which must not be left out.
pub(crate) const FLUSH_WAIT: Duration = Duration::from_secs(1);

/// The time between two tries: what a write takes, ten times.
const PAUSE: Duration = Duration::from_micros(50);

/// The lock, held until it is dropped.
pub(crate) struct WriteLock<'f>(&'f File);

impl<'f> WriteLock<'f> {
    /// Waits for the lock.
    ///
    /// # Errors
    /// [`CacheError::Busy`] when another writer holds it for longer than `wait`.
    pub(crate) fn acquire(file: &'f File, wait: Duration) -> Result<Self, CacheError> {
        let mut give_up = None;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            let now = Instant::now();
            if now >= *give_up.get_or_insert(now + wait) {
                return Err(CacheError::Busy);
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "no other process tells when it lets go of a lock, and flock has no deadline"
            )]
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for WriteLock<'_> {
    fn drop(&mut self) {
        // It cannot fail for a lock that is held; and closing the file would release it as well.
        let _ = self.0.unlock();
    }
}
