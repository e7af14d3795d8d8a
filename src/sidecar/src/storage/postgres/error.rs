//! What went wrong, without what a row holds.

use thiserror::Error;
use tokio_postgres::error::SqlState;

/// A failure of PostgreSQL or of the way to it. PostgreSQL's details and hints are left out: they may quote rows.
#[derive(Debug, Error)]
#[error("{text}")]
pub(in crate::storage) struct PostgresError {
    text: String,
    state: Option<SqlState>,
    connection: Connection,
}

/// What is left of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    Open,
    /// It was lost, and the transaction with it.
    Lost,
    /// It was lost while the transaction ended: nobody knows how.
    LostInCommit,
}

impl PostgresError {
    /// An earlier statement of the transaction failed, and was not minded.
    pub(super) fn aborted() -> Self {
        Self {
            text: "an earlier statement of the transaction failed".to_owned(),
            state: None,
            connection: Connection::Open,
        }
    }

    /// The server said nothing within the time that it has, or closed the connection.
    pub(super) fn silent() -> Self {
        Self { text: "the server does not answer".to_owned(), state: None, connection: Connection::Lost }
    }

    /// This happened while the transaction ended.
    pub(super) fn in_commit(self) -> Self {
        let connection = match self.connection {
            Connection::Open => Connection::Open,
            Connection::Lost | Connection::LostInCommit => Connection::LostInCommit,
        };
        Self { connection, ..self }
    }

    /// Whether it is known that nothing of the transaction was kept.
    pub(super) fn is_undone(&self) -> bool {
        self.connection != Connection::LostInCommit
    }

    /// Whether the transaction was ended because of others, or with its connection: nothing of it was kept, and it
    /// may be made again.
    pub(super) fn is_passing(&self) -> bool {
        let states = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::ADMIN_SHUTDOWN,
        ];
        self.connection == Connection::Lost || self.state.as_ref().is_some_and(|state| states.contains(state))
    }
}

impl From<tokio_postgres::Error> for PostgresError {
    fn from(error: tokio_postgres::Error) -> Self {
        let connection = if error.is_closed() { Connection::Lost } else { Connection::Open };
        if let Some(refusal) = error.as_db_error() {
            let text = format!("{} ({})", refusal.message(), refusal.code().code());
            return Self { text, state: Some(refusal.code().clone()), connection };
        }
        let mut text = error.to_string();
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            text = format!("{text}: {cause}");
            next = cause.source();
        }
        Self { text, state: None, connection }
    }
}
