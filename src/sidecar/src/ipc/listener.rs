//! The socket's file and the loop that accepts connections.

use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;

use super::connection::{self, Limits};
use super::{Dispatcher, PeerPolicy};
use crate::config::IpcConfig;
use crate::supervisor::Supervisor;
use crate::telemetry::names;

/// How long to wait when no connection can be accepted, usually for want of file descriptors.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// The socket cannot be offered.
#[derive(Debug, Error)]
pub enum BindError {
    /// A live process listens on it.
    #[error("another daemon listens on {}", path.display())]
    InUse {
        /// The socket.
        path: PathBuf,
    },
    /// Something that is no socket stands there.
    #[error("{} exists and is not a socket", path.display())]
    NotASocket {
        /// The file.
        path: PathBuf,
    },
    /// The file system refuses.
    #[error("the socket {} cannot be made", path.display())]
    Io {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The socket's file; removed when this is dropped, unless another process has put its own there.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            // Nothing is lost if it stays: the next daemon takes a stale socket over.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Offers the socket. A file that a dead process left is replaced; a living daemon is not.
///
/// The socket is made under another name, gets its rights, and is then renamed: nobody can connect before the
/// rights are right, and there is no moment without a socket.
///
/// # Errors
/// [`BindError`]
pub async fn bind(config: &IpcConfig, gid: Option<u32>) -> Result<(UnixListener, SocketFile), BindError> {
    let path = &config.socket;
    let failed = |source| BindError::Io { path: path.clone(), source };
    make_directory(config)?;
    refuse_living(path).await?;
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let offer = || -> io::Result<(UnixListener, SocketFile)> {
        remove_if_there(&temporary)?;
        let listener = UnixListener::bind(&temporary)?;
        if gid.is_some() {
            chown(&temporary, None, gid)?;
        }
        std::fs::set_permissions(&temporary, Permissions::from_mode(config.mode))?;
        std::fs::rename(&temporary, path)?;
        Ok((listener, SocketFile { path: path.clone(), identity: identity(path)? }))
    };
    offer().inspect_err(|_| drop(remove_if_there(&temporary))).map_err(failed)
}

/// Makes the folder of the socket, unless it is there.
///
/// # Errors
/// [`BindError::Io`]
pub fn make_directory(config: &IpcConfig) -> Result<(), BindError> {
    let path = &config.socket;
    let Some(parent) = path.parent().filter(|parent| !parent.is_dir()) else { return Ok(()) };
    let made = DirBuilder::new().recursive(true).mode(0o755).create(parent);
    made.map_err(|source| BindError::Io { path: path.clone(), source })
}

async fn refuse_living(path: &Path) -> Result<(), BindError> {
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(BindError::Io { path: path.to_owned(), source }),
    };
    if !metadata.file_type().is_socket() {
        return Err(BindError::NotASocket { path: path.to_owned() });
    }
    match UnixStream::connect(path).await {
        // The process is dead and its file stayed.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        // Also one that is too busy to let anyone in.
        Ok(_) | Err(_) => Err(BindError::InUse { path: path.to_owned() }),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    path.symlink_metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Accepts connections until the daemon drains; then the socket's file goes at once, so that clients turn to
/// their outbox instead of waiting. Connections end by themselves, each after its present request.
pub async fn serve(
    (listener, file): (UnixListener, SocketFile),
    config: IpcConfig,
    policy: PeerPolicy,
    dispatcher: Arc<Dispatcher>,
    supervisor: Supervisor,
) {
    let permits = usize::try_from(config.max_connections).unwrap_or(Semaphore::MAX_PERMITS);
    let permits = Arc::new(Semaphore::new(permits));
    let limits = Limits { idle: config.idle_timeout, frame: config.frame_timeout };
    let draining = supervisor.draining();
    loop {
        // Past the limit, connections wait in the kernel's queue instead of being turned away.
        let accepted = tokio::select! {
            () = draining.cancelled() => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        let Some((stream, permit)) = accepted else {
            sleep(ACCEPT_RETRY).await;
            continue;
        };
        let (policy, dispatcher, draining) = (policy.clone(), Arc::clone(&dispatcher), supervisor.draining());
        let span = tracing::info_span!(names::IPC_SERVE);
        supervisor.spawn("ipc.connection", async move {
            connection::serve(stream, limits, &policy, &dispatcher, draining).instrument(span).await;
            drop(permit);
        });
    }
    drop(file);
}

async fn accept(
    listener: &UnixListener,
    permits: &Arc<Semaphore>,
) -> Option<(UnixStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            tracing::error!({ names::ERROR } = %error, "no connection can be accepted on the socket");
            None
        }
    }
}
