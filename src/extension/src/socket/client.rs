use std::time::Duration;

use platen_core::wire::Tag;

use super::connection::{Connection, Reply};
use super::{Circuit, Deadline, Health, Lesson, SocketError};

/// How long a push may look for the refusal of an earlier one: it is there already, or it is not looked for.
const LATE_REFUSAL: Duration = Duration::from_millis(1);

/// Where the daemon listens and how patient a call is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The path of the socket.
    pub(crate) path: &'a str,
    /// How long this call may take.
    pub(crate) deadline: Duration,
    /// How long a call may take that does not say so itself.
    pub(crate) usual_deadline: Duration,
    /// How long calls fail at once after one was not answered.
    pub(crate) retry_after: Duration,
}

/// What the client knows about its connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientState {
    /// Whether a connection of this process is open.
    pub(crate) is_connected: bool,
    /// How many connections this client has opened.
    pub(crate) connects: u64,
    /// How many of them replaced one that had been lost.
    pub(crate) reconnects: u64,
}

/// The client of one thread: its connection, and what it knows about the daemon's health.
#[derive(Debug, Default)]
pub(crate) struct Client {
    path: String,
    connection: Option<Connection>,
    circuit: Circuit,
    connects: u64,
    reconnects: u64,
}

impl Client {
    /// Sends one frame and gives the reply's tag and body.
    ///
    /// # Errors
    /// [`SocketError`]. The connection is closed after any of them.
    pub(crate) fn call(
        &mut self,
        request: Tag,
        frame: &[u8],
        target: Target<'_>,
    ) -> Result<Reply, SocketError> {
        self.aim(target.path);
        self.pass_circuit(target)?;
        self.answer_of(request, frame, target)
    }

    /// The same, whatever happened a moment ago: a ping asks in order to know.
    pub(crate) fn call_now(
        &mut self,
        request: Tag,
        frame: &[u8],
        target: Target<'_>,
    ) -> Result<Reply, SocketError> {
        self.aim(target.path);
        self.circuit.forget();
        self.answer_of(request, frame, target)
    }

    /// Leaves one frame in the socket's buffer, wholly or not at all, and waits for nothing. Gives what the daemon
    /// said about an earlier one, if it refused that; then this one was not sent.
    ///
    /// # Errors
    /// [`SocketError::Full`] when the daemon does not keep up; the others as for a call.
    pub(crate) fn push(&mut self, frame: &[u8], target: Target<'_>) -> Result<Option<Reply>, SocketError> {
        self.aim(target.path);
        self.pass_circuit(target)?;
        let result = self.leave(frame);
        match &result {
            Ok(_) => self.circuit.succeed(),
            // The daemon is there; there may be room again in a moment.
            Err(SocketError::Full | SocketError::Frame(_) | SocketError::Version { .. }) => {}
            Err(_) => self.circuit.fail(Lesson::ForThisWorker),
        }
        result
    }

    /// For those who look into the process.
    pub(crate) fn state(&self) -> ClientState {
        ClientState {
            is_connected: self.connection.as_ref().is_some_and(Connection::is_usable),
            connects: self.connects,
            reconnects: self.reconnects,
        }
    }

    /// Another path is another daemon: nothing that was learned about the old one holds.
    fn aim(&mut self, path: &str) {
        if self.path != path {
            *self = Self {
                path: path.to_owned(),
                circuit: Circuit::with(Health::of(path)),
                connects: self.connects,
                reconnects: self.reconnects,
                ..Self::default()
            };
        }
    }

    /// Asks, and remembers how that went.
    fn answer_of(&mut self, request: Tag, frame: &[u8], target: Target<'_>) -> Result<Reply, SocketError> {
        let result = self.exchange(request, frame, Deadline::after(target.deadline));
        match &result {
            // An unreadable answer is an answer: the next one fails the same way, with its own error.
            Ok(_) | Err(SocketError::Frame(_) | SocketError::Version { .. }) => self.circuit.succeed(),
            Err(SocketError::Deadline { .. }) if target.deadline >= target.usual_deadline => {
                self.circuit.fail(Lesson::ForAll);
            }
            Err(_) => self.circuit.fail(Lesson::ForThisWorker),
        }
        result
    }

    fn pass_circuit(&self, target: Target<'_>) -> Result<(), SocketError> {
        match self.circuit.retry_after(target.retry_after) {
            Some(left) => Err(SocketError::CircuitOpen { retry_after_ms: left.as_millis().max(1) }),
            None => Ok(()),
        }
    }

    /// A kept connection may have died with an earlier daemon. Then the frame is sent a second time on a new one,
    /// if the daemon cannot have read it the first time, or if reading it twice changes nothing.
    fn exchange(&mut self, request: Tag, frame: &[u8], deadline: Deadline) -> Result<Reply, SocketError> {
        // Taken out: whatever fails below leaves no half-used connection behind. Closing a connection that
        // belongs to the parent of a fork only gives up this process's share of it.
        let kept = self.connection.take();
        let is_replaced = kept.is_some();
        if let Some(mut kept) = kept.filter(Connection::is_usable) {
            match kept.exchange(frame, deadline) {
                Ok(reply) => return Ok(self.keep(kept, request, reply)),
                Err(SocketError::Disconnected { was_sent }) if !was_sent || request.is_idempotent() => {}
                Err(error) => return Err(error),
            }
        }
        let mut fresh = Connection::open(&self.path, deadline)?;
        self.count(is_replaced);
        let reply = fresh.exchange(frame, deadline)?;
        Ok(self.keep(fresh, request, reply))
    }

    fn leave(&mut self, frame: &[u8]) -> Result<Option<Reply>, SocketError> {
        let kept = self.connection.take();
        let is_replaced = kept.is_some();
        if let Some(mut kept) = kept {
            if kept.is_usable() {
                match kept.leave(frame) {
                    Ok(()) | Err(SocketError::Full) if !kept.is_whole() => return Err(SocketError::Full),
                    Err(SocketError::Disconnected { .. }) => {}
                    outcome => {
                        self.connection = Some(kept);
                        return outcome.map(|()| None);
                    }
                }
            } else if let Some(refusal) = kept.late_refusal(Deadline::after(LATE_REFUSAL)) {
                return refusal.map(Some);
            }
        }
        let mut fresh = Connection::open_now(&self.path)?;
        self.count(is_replaced);
        fresh.leave(frame)?;
        self.connection = Some(fresh);
        Ok(None)
    }

    /// Keeps a connection on which requests and answers are in step for certain. A refusal after a push may be that
    /// of the push, with the request's own answer behind it.
    fn keep(&mut self, connection: Connection, request: Tag, reply: Reply) -> Reply {
        let is_own =
            Some(reply.0) == request.reply() || (reply.0 == Tag::Refusal && !connection.was_pushed_to());
        if is_own && connection.is_whole() {
            self.connection = Some(connection);
        }
        reply
    }

    fn count(&mut self, is_replaced: bool) {
        self.connects = self.connects.saturating_add(1);
        self.reconnects = self.reconnects.saturating_add(u64::from(is_replaced));
    }
}
