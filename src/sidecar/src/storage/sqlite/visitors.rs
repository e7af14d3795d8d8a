//! Word of other processes that may have written to the file, such as `platend webhooks replay`.
//!
//! They open it and close it again, and the kernel tells of that: the daemon need not look at its tables every second
//! to notice a visit. On a file system that does not tell, it still looks when the loops wake by themselves.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Room for a few notices; more are read one after the other.
const NOTICES_BYTES: usize = 4096;

/// Hears of visits to one file.
pub(in crate::storage) struct Visitors(AsyncFd<OwnedFd>);

impl Visitors {
    /// # Errors
    /// The kernel does not tell of this file.
    #[expect(
        deprecated,
        reason = "what takes its place is not safe to call, and a descriptor that is owned is"
    )]
    pub(in crate::storage) fn of(database: &Path) -> io::Result<Self> {
        let notices = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        inotify::add_watch(&notices, database, WatchFlags::CLOSE_WRITE)?;
        Ok(Self(AsyncFd::try_with_interest(notices, Interest::READABLE)?))
    }

    /// Waits until a process has closed the file that could have written to it.
    ///
    /// # Errors
    /// The kernel tells no more.
    pub(in crate::storage) async fn left(&self) -> io::Result<()> {
        let mut notices = [0; NOTICES_BYTES];
        loop {
            let mut ready = self.0.readable().await?;
            match rustix::io::read(ready.get_inner(), &mut notices) {
                // One word of several visits is enough.
                Ok(_) => return Ok(()),
                Err(Errno::WOULDBLOCK) => ready.clear_ready(),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_visit_is_told_and_a_look_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("platen.db");
        std::fs::write(&file, "").unwrap();
        let visitors = Visitors::of(&file).unwrap();

        drop(std::fs::File::open(&file).unwrap());
        let looked = timeout(Duration::from_millis(20), visitors.left()).await;
        drop(OpenOptions::new().append(true).open(&file).unwrap());
        visitors.left().await.unwrap();

        assert!(looked.is_err(), "nobody could have written");
    }
}
