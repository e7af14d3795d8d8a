use std::time::{Duration, Instant};

use platen_core::wire::Tag;

use super::connection::Connection;
use super::{Circuit, Deadline, SocketError};

/// Where the daemon listens and how patient a call is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The path of the socket.
    pub(crate) path: &'a str,
    /// How long one call may take.
    pub(crate) deadline: Duration,
    /// How long calls fail at once after one was not answered.
    pub(crate) retry_after: Duration,
}

/// The client of one thread: its connection, and what it knows about the daemon's health.
#[derive(Debug, Default)]
pub(crate) struct Client {
    path: String,
    connection: Option<Connection>,
    circuit: Circuit,
}

impl Client {
    /// Sends one frame and gives the reply's tag and body.
    ///
    /// # Errors
    /// [`SocketError`]. The connection is closed after any of them.
    pub(crate) fn call(&mut self, frame: &[u8], target: Target<'_>) -> Result<(Tag, Vec<u8>), SocketError> {
        self.aim(target.path);
        if let Some(left) = self.circuit.retry_after(Instant::now(), target.retry_after) {
            return Err(SocketError::CircuitOpen { retry_after_ms: left.as_millis().max(1) });
        }
        let deadline = Deadline::after(target.deadline);
        let result = self.exchange(frame, deadline);
        match &result {
            // An unreadable answer is an answer: the next one fails the same way, with its own error.
            Ok(_) | Err(SocketError::Frame(_)) => self.circuit.reset(),
            Err(_) => self.circuit.fail(Instant::now()),
        }
        result
    }

    /// The same, whatever happened a moment ago: a ping asks in order to know.
    pub(crate) fn call_now(
        &mut self,
        frame: &[u8],
        target: Target<'_>,
    ) -> Result<(Tag, Vec<u8>), SocketError> {
        self.aim(target.path);
        self.circuit.reset();
        self.call(frame, target)
    }

    /// Another path is another daemon: nothing that was learned about the old one holds.
    fn aim(&mut self, path: &str) {
        if self.path != path {
            *self = Self { path: path.to_owned(), ..Self::default() };
        }
    }

    /// A kept connection may have died with an earlier daemon. Then, and only then, the frame is sent a second
    /// time on a new one; job ids and idempotency keys make that safe.
    fn exchange(&mut self, frame: &[u8], deadline: Deadline) -> Result<(Tag, Vec<u8>), SocketError> {
        // Taken out: whatever fails below leaves no half-used connection behind. Closing a connection that
        // belongs to the parent of a fork only gives up this process's share of it.
        if let Some(kept) = self.connection.take().filter(Connection::is_usable) {
            match kept.exchange(frame, deadline) {
                Ok(reply) => {
                    self.connection = Some(kept);
                    return Ok(reply);
                }
                Err(SocketError::Disconnected) => {}
                Err(error) => return Err(error),
            }
        }
        let fresh = Connection::open(&self.path, deadline)?;
        let reply = fresh.exchange(frame, deadline)?;
        self.connection = Some(fresh);
        Ok(reply)
    }
}
