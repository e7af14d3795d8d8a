//! A visit to the running daemon through its socket.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use platen_core::wire::{FrameError, HEADER_BYTES, Reply, Request, decode_header, encode};
use thiserror::Error;

/// How long the daemon may take. A person waits, so this may be long; a hanging daemon must still be told.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The daemon could not be asked.
#[derive(Debug, Error)]
pub(super) enum CallError {
    /// Nothing listens: the daemon does not run.
    #[error("no daemon listens on the socket")]
    NotRunning,
    /// The connection broke, or the daemon took too long.
    #[error("the daemon did not answer")]
    Io(#[from] io::Error),
    /// The answer is not a frame of this version.
    #[error("the daemon answered in another protocol")]
    Frame(#[from] FrameError),
    /// The frame's body is not what its tag says.
    #[error("the daemon answered in another protocol")]
    Body(#[from] serde_json::Error),
    /// The daemon sent a request.
    #[error("the daemon did not send a reply")]
    NotAReply,
}

/// Asks the daemon one thing.
pub(super) fn call(socket: &Path, request: &Request) -> Result<Reply, CallError> {
    let mut stream = UnixStream::connect(socket).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => CallError::NotRunning,
        _ => CallError::Io(error),
    })?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let (tag, body) = request.encode()?;
    stream.write_all(&encode(tag, &body)?)?;
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header)?;
    let frame = decode_header(header)?;
    let mut body = vec![0; frame.body_bytes];
    stream.read_exact(&mut body)?;
    Reply::decode(frame.tag, &body)?.ok_or(CallError::NotAReply)
}
