//! One daemon per state directory. Two on one database would take each other's running jobs for orphans.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::time::{Instant, sleep};

use crate::config::DaemonConfig;

/// Held by the process that serves from a state directory.
const LOCK_FILE: &str = "platend.lock";

/// How often a daemon that ends is looked at. Nobody is served meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// How long a daemon that still listens may have been told to end a moment ago, and not know it yet.
const GRACE: Duration = Duration::from_secs(2);

/// What a daemon needs to end, besides the deadline for its jobs.
const MARGIN: Duration = Duration::from_secs(5);

/// The state directory cannot be used.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another daemon serves from it.
    #[error("another daemon uses the state directory {}", .0.display())]
    InUse(PathBuf),
    /// The lock file cannot be made.
    #[error("the lock file {} cannot be made", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Takes hold of the state directory until the file is dropped, and makes the directory if need be. A daemon that
/// drains is waited for, so that the next one can be started at once and takes over the moment it can; one that
/// goes on listening is not.
///
/// # Errors
/// [`LockError`]
pub async fn lock(config: &DaemonConfig, socket: &Path) -> Result<File, LockError> {
    let state_dir = &config.state_dir;
    let path = state_dir.join(LOCK_FILE);
    let failed = |source| LockError::Io { path: path.clone(), source };
    if !state_dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(state_dir).map_err(failed)?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let waited = began.elapsed();
        let is_serving = waited >= GRACE && UnixStream::connect(socket).is_ok();
        if is_serving || waited >= config.drain_deadline.saturating_add(MARGIN) {
            return Err(LockError::InUse(state_dir.to_owned()));
        }
        if waited < LOOK {
            tracing::info!("another daemon uses the state directory; waiting for it to end");
        }
        sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn in_dir(dir: &Path) -> (DaemonConfig, PathBuf) {
        let config = DaemonConfig { state_dir: dir.to_owned(), drain_deadline: Duration::from_secs(20) };
        (config, dir.join("socket"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_daemon_that_drains_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let (config, socket) = in_dir(dir.path());
        let first = lock(&config, &socket).await.unwrap();
        let ending = async {
            sleep(Duration::from_secs(19)).await;
            drop(first);
        };

        let (second, ()) = tokio::join!(lock(&config, &socket), ending);

        assert!(second.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_daemon_that_serves_or_hangs_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let (config, socket) = in_dir(dir.path());
        let _first = lock(&config, &socket).await.unwrap();

        let began = Instant::now();
        let hanging = lock(&config, &socket).await;
        let after_hanging = began.elapsed();
        let _listener = UnixListener::bind(&socket).unwrap();
        let began = Instant::now();
        let serving = lock(&config, &socket).await;

        assert!(matches!(hanging, Err(LockError::InUse(_))) && after_hanging >= config.drain_deadline);
        assert!(matches!(serving, Err(LockError::InUse(_))) && began.elapsed() < Duration::from_secs(3));
    }
}
