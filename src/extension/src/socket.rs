//! The blocking client of the daemon's Unix socket.
//!
//! One connection per worker stays open over requests. A call is bounded by one deadline over connecting,
//! writing and reading together. After any failure the connection is closed, so a late reply is never read as
//! the answer to a later request. After a failure to be answered, further calls fail at once for a short
//! time (see [`Circuit`]): a daemon that hangs costs a page one deadline, not one per call, and a server with many
//! workers a few deadlines, not a few of each.
//!
//! Nothing in here calls into PHP, so no fatal error of PHP can jump over an open borrow.

mod circuit;
mod client;
mod connection;
mod deadline;
mod health;
mod sys;

pub(crate) use circuit::{Circuit, Lesson};
pub(crate) use client::{Client, ClientState, Target};
pub(crate) use deadline::Deadline;
pub(crate) use health::Health;
use platen_core::code::ErrorCode;
use platen_core::wire::FrameError;
use thiserror::Error;

/// A call that got no usable answer.
#[derive(Debug, Error)]
pub(crate) enum SocketError {
    /// Nothing listens, or the process may not connect.
    #[error("the daemon cannot be reached at {path}: {}", reason(.source))]
    Connect {
        path: String,
        #[source]
        source: std::io::Error,
    },
    /// The connection was lost before the whole answer was there.
    #[error("the daemon closed the connection before it answered")]
    Disconnected {
        /// Whether the daemon may have read the whole request.
        was_sent: bool,
    },
    /// The daemon reads more slowly than frames are sent, or accepts no connection. Nothing was sent.
    #[error("the daemon does not keep up: its buffer is full, and nothing was sent")]
    Full,
    /// The deadline passed.
    #[error("the daemon did not answer within {deadline_ms} ms")]
    Deadline { deadline_ms: u128 },
    /// An earlier call failed a moment ago.
    #[error("the daemon did not answer a moment ago; the next try is in {retry_after_ms} ms")]
    CircuitOpen { retry_after_ms: u128 },
    /// The daemon is of another release.
    #[error("the daemon speaks version {theirs} of the socket protocol, this side version {ours}")]
    Version { theirs: u8, ours: u8 },
    /// The daemon sent something that is not a frame.
    #[error("the daemon's answer cannot be read: {0}")]
    Frame(#[from] FrameError),
}

impl SocketError {
    /// The stable code.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Connect { .. } | Self::Disconnected { .. } | Self::CircuitOpen { .. } => {
                ErrorCode::DaemonUnavailable
            }
            Self::Full => ErrorCode::Busy,
            Self::Version { .. } => ErrorCode::UnsupportedVersion,
            Self::Deadline { .. } => ErrorCode::DeadlineExceeded,
            Self::Frame(error) => error.code(),
        }
    }
}

/// The system's words without the number that `io::Error` adds.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}
