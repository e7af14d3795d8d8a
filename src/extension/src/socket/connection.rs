use std::io;
use std::os::fd::{AsFd, OwnedFd};

use platen_core::wire::{HEADER_BYTES, Tag, decode_header};

use super::sys::{self, Interest};
use super::{Deadline, SocketError};

/// One open connection to the daemon.
#[derive(Debug)]
pub(super) struct Connection {
    fd: OwnedFd,
    /// The process that opened it. A child of a fork shares the descriptor and must not speak on it.
    pid: u32,
}

impl Connection {
    /// Connects within the deadline.
    pub(super) fn open(path: &str, deadline: Deadline) -> Result<Self, SocketError> {
        let Some(left) = deadline.remaining() else { return Err(timed_out(deadline)) };
        match sys::connect(path.as_bytes(), left) {
            Ok(fd) => Ok(Self { fd, pid: std::process::id() }),
            // The backlog stayed full: the daemon is there and does not accept.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(timed_out(deadline)),
            Err(source) => Err(SocketError::Connect { path: path.to_owned(), source }),
        }
    }

    /// Whether it belongs to this process and the daemon has neither closed it nor sent anything unasked.
    pub(super) fn is_usable(&self) -> bool {
        self.pid == std::process::id() && sys::is_quiet(self.fd.as_fd())
    }

    /// Sends one frame and reads one. After an error the connection must not be used again.
    pub(super) fn exchange(&self, frame: &[u8], deadline: Deadline) -> Result<(Tag, Vec<u8>), SocketError> {
        match self.write_all(frame, deadline) {
            // The daemon may have refused and closed before it read the request: the refusal is there to read.
            Ok(()) | Err(SocketError::Disconnected) => self.read_frame(deadline),
            Err(error) => Err(error),
        }
    }

    fn write_all(&self, mut bytes: &[u8], deadline: Deadline) -> Result<(), SocketError> {
        while !bytes.is_empty() {
            match sys::send(self.fd.as_fd(), bytes) {
                Ok(sent) => bytes = bytes.get(sent..).unwrap_or_default(),
                Err(error) => self.wait_after(&error, Interest::Write, deadline)?,
            }
        }
        Ok(())
    }

    fn read_frame(&self, deadline: Deadline) -> Result<(Tag, Vec<u8>), SocketError> {
        let mut header = [0; HEADER_BYTES];
        self.read_exact(&mut header, deadline)?;
        let frame = decode_header(header)?;
        let mut body = vec![0; frame.body_bytes];
        self.read_exact(&mut body, deadline)?;
        Ok((frame.tag, body))
    }

    fn read_exact(&self, mut buffer: &mut [u8], deadline: Deadline) -> Result<(), SocketError> {
        while !buffer.is_empty() {
            match sys::receive(self.fd.as_fd(), buffer) {
                Ok(0) => return Err(SocketError::Disconnected),
                Ok(read) => buffer = buffer.get_mut(read..).unwrap_or_default(),
                Err(error) => self.wait_after(&error, Interest::Read, deadline)?,
            }
        }
        Ok(())
    }

    /// Waits for readiness when that was all that was missing; any other error means the connection is lost.
    fn wait_after(
        &self,
        error: &io::Error,
        interest: Interest,
        deadline: Deadline,
    ) -> Result<(), SocketError> {
        if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) {
            return Err(SocketError::Disconnected);
        }
        let Some(left) = deadline.remaining() else { return Err(timed_out(deadline)) };
        match sys::wait(self.fd.as_fd(), interest, left) {
            Ok(true) => Ok(()),
            Ok(false) => Err(timed_out(deadline)),
            Err(_) => Err(SocketError::Disconnected),
        }
    }
}

fn timed_out(deadline: Deadline) -> SocketError {
    SocketError::Deadline { deadline_ms: deadline.length().as_millis() }
}
