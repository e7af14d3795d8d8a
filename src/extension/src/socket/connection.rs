use std::io;
use std::os::fd::{AsFd, OwnedFd};

use platen_core::wire::{FrameError, HEADER_BYTES, PROTOCOL_VERSION, Tag, decode_header};

use super::sys::{self, Interest};
use super::{Deadline, SocketError};

/// The tag and the body of an answer.
pub(super) type Reply = (Tag, Vec<u8>);

/// Room for an answer of the usual size: it is then read by one system call.
const USUAL_REPLY_BYTES: usize = 4096;

/// One open connection to the daemon.
#[derive(Debug)]
pub(super) struct Connection {
    fd: OwnedFd,
    /// The process that opened it. A child of a fork shares the descriptor and must not speak on it.
    pid: u32,
    /// Whether frames were sent for which no answer is waited for. Only then may something lie here unasked.
    was_pushed_to: bool,
    /// Whether the next byte on it, in both directions, begins a frame.
    is_whole: bool,
}

impl Connection {
    /// Connects within the deadline.
    pub(super) fn open(path: &str, deadline: Deadline) -> Result<Self, SocketError> {
        let Some(left) = deadline.remaining() else { return Err(timed_out(deadline)) };
        match sys::connect(path.as_bytes(), Some(left)) {
            Ok(fd) => Ok(Self::of(fd)),
            // The backlog stayed full: the daemon is there and does not accept.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(timed_out(deadline)),
            Err(source) => Err(SocketError::Connect { path: path.to_owned(), source }),
        }
    }

    /// Connects without waiting for a place in the backlog.
    pub(super) fn open_now(path: &str) -> Result<Self, SocketError> {
        match sys::connect(path.as_bytes(), None) {
            Ok(fd) => Ok(Self::of(fd)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(SocketError::Full),
            Err(source) => Err(SocketError::Connect { path: path.to_owned(), source }),
        }
    }

    /// Whether it belongs to this process and nothing lies on it that was not asked for. That the daemon has closed
    /// it shows when something is sent.
    pub(super) fn is_usable(&self) -> bool {
        self.pid == std::process::id() && (!self.was_pushed_to || sys::is_quiet(self.fd.as_fd()))
    }

    /// Whether frames were sent on it that have no answer.
    pub(super) fn was_pushed_to(&self) -> bool {
        self.was_pushed_to
    }

    /// Whether another frame may be sent on it.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Sends one frame and reads one. After an error the connection must not be used again.
    pub(super) fn exchange(&mut self, frame: &[u8], deadline: Deadline) -> Result<Reply, SocketError> {
        match self.write_all(frame, deadline) {
            Ok(()) => self.read_frame(deadline),
            // The daemon may have refused and closed before it read the request: the refusal is there to read.
            Err(SocketError::Disconnected { was_sent }) => match self.read_frame(deadline) {
                Err(SocketError::Disconnected { .. }) => Err(SocketError::Disconnected { was_sent }),
                outcome => outcome,
            },
            Err(error) => Err(error),
        }
    }

    /// Leaves one frame in the socket's buffer if it has room now. A frame that went in half is cut off by closing
    /// the connection; see [`Self::is_whole`].
    pub(super) fn leave(&mut self, frame: &[u8]) -> Result<(), SocketError> {
        loop {
            match sys::send(self.fd.as_fd(), frame) {
                Ok(sent) if sent == frame.len() => {
                    self.was_pushed_to = true;
                    return Ok(());
                }
                Ok(_) => {
                    self.is_whole = false;
                    return Err(SocketError::Full);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(SocketError::Full),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(SocketError::Disconnected { was_sent: false }),
            }
        }
    }

    /// What the daemon sent unasked, if it is a frame: why it refused something that was left here.
    pub(super) fn late_refusal(&mut self, deadline: Deadline) -> Option<Result<Reply, SocketError>> {
        if self.pid != std::process::id() {
            return None;
        }
        match self.read_frame(deadline) {
            // It is only closed, as after a restart.
            Err(SocketError::Disconnected { .. } | SocketError::Deadline { .. }) => None,
            outcome => Some(outcome),
        }
    }

    fn of(fd: OwnedFd) -> Self {
        Self { fd, pid: std::process::id(), was_pushed_to: false, is_whole: true }
    }

    fn write_all(&self, mut bytes: &[u8], deadline: Deadline) -> Result<(), SocketError> {
        while !bytes.is_empty() {
            match sys::send(self.fd.as_fd(), bytes) {
                Ok(sent) => bytes = bytes.get(sent..).unwrap_or_default(),
                Err(error) if is_momentary(&error) => self.wait(Interest::Write, deadline)?,
                // Less than a whole frame is nothing to the daemon.
                Err(_) => return Err(SocketError::Disconnected { was_sent: false }),
            }
        }
        Ok(())
    }

    fn read_frame(&mut self, deadline: Deadline) -> Result<Reply, SocketError> {
        let mut bytes = vec![0; USUAL_REPLY_BYTES];
        let mut filled = 0;
        while filled < HEADER_BYTES {
            filled += self.read(bytes.get_mut(filled..).unwrap_or_default(), deadline)?;
        }
        let header = bytes.first_chunk::<HEADER_BYTES>().copied().unwrap_or_default();
        let frame = decode_header(header).map_err(unreadable)?;
        let end = HEADER_BYTES.saturating_add(frame.body_bytes);
        bytes.resize(end.max(filled), 0);
        while filled < end {
            filled += self.read(bytes.get_mut(filled..).unwrap_or_default(), deadline)?;
        }
        // One request, one answer: what follows belongs to nothing that was asked.
        self.is_whole = filled == end;
        bytes.truncate(end);
        bytes.drain(..HEADER_BYTES);
        Ok((frame.tag, bytes))
    }

    /// Reads what is there, after waiting for it; never nothing.
    fn read(&self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, SocketError> {
        loop {
            // The answer is hardly ever there at once: to wait first saves a call in vain.
            self.wait(Interest::Read, deadline)?;
            match sys::receive(self.fd.as_fd(), buffer) {
                Ok(0) => return Err(SocketError::Disconnected { was_sent: true }),
                Ok(read) => return Ok(read),
                Err(error) if is_momentary(&error) => {}
                Err(_) => return Err(SocketError::Disconnected { was_sent: true }),
            }
        }
    }

    fn wait(&self, interest: Interest, deadline: Deadline) -> Result<(), SocketError> {
        let Some(left) = deadline.remaining() else { return Err(timed_out(deadline)) };
        match sys::wait(self.fd.as_fd(), interest, left) {
            Ok(true) => Ok(()),
            Ok(false) => Err(timed_out(deadline)),
            Err(_) => Err(SocketError::Disconnected { was_sent: true }),
        }
    }
}

fn is_momentary(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

fn unreadable(error: FrameError) -> SocketError {
    match error {
        FrameError::Version(theirs) => SocketError::Version { theirs, ours: PROTOCOL_VERSION },
        FrameError::TooLarge(_) | FrameError::TooShort(_) | FrameError::UnknownTag { .. } => {
            SocketError::Frame(error)
        }
    }
}

fn timed_out(deadline: Deadline) -> SocketError {
    SocketError::Deadline { deadline_ms: deadline.length().as_millis() }
}
