//! What went wrong, without what a row holds.

use ::postgres::error::SqlState;
use thiserror::Error;

/// A failure of PostgreSQL or of the way to it. PostgreSQL's details and hints are left out: they may quote rows.
#[derive(Debug, Error)]
#[error("{text}")]
pub(in crate::storage) struct PostgresError {
    text: String,
    state: Option<SqlState>,
    is_closed: bool,
}

impl PostgresError {
    /// An earlier statement of the transaction failed, and was not minded.
    pub(super) fn aborted() -> Self {
        Self {
            text: "an earlier statement of the transaction failed".to_owned(),
            state: None,
            is_closed: false,
        }
    }

    /// The server said nothing within the time that it has, or closed the connection.
    pub(super) fn silent() -> Self {
        Self { text: "the server does not answer".to_owned(), state: None, is_closed: true }
    }

    /// The connection was lost while the transaction ended: nobody knows how.
    pub(super) fn in_commit(self) -> Self {
        Self { is_closed: false, ..self }
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
        self.is_closed || self.state.as_ref().is_some_and(|state| states.contains(state))
    }
}

impl From<::postgres::Error> for PostgresError {
    fn from(error: ::postgres::Error) -> Self {
        let is_closed = error.is_closed();
        if let Some(refusal) = error.as_db_error() {
            let text = format!("{} ({})", refusal.message(), refusal.code().code());
            return Self { text, state: Some(refusal.code().clone()), is_closed };
        }
        let mut text = error.to_string();
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            text = format!("{text}: {cause}");
            next = cause.source();
        }
        Self { text, state: None, is_closed }
    }
}
