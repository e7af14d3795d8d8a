use std::error::Error as StdError;

use futures_util::future::BoxFuture;
use platen_core::code::ErrorCode;
use thiserror::Error;

/// What every method of a store trait returns.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// The store could not do what was asked. Nothing was changed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused: disk full, locked by another process, I/O error.
    #[error("the database could not {0}")]
    Unavailable(&'static str, #[source] Box<dyn StdError + Send + Sync>),
    /// A row does not hold what its column documents.
    #[error("column {column} holds a value outside its documented range")]
    Inconsistent {
        /// The column, as `table.column`.
        column: &'static str,
        /// What is wrong with it.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The process is ending and the writer has stopped.
    #[error("the store has stopped")]
    Stopped,
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unavailable(..) | Self::Stopped => ErrorCode::StoreUnavailable,
            Self::Inconsistent { .. } => ErrorCode::Internal,
        }
    }

    /// The failure with its causes, for the log. The cause of an inconsistent row is left out: it may quote
    /// what the row holds, such as a prompt.
    pub fn report(&self) -> String {
        match self {
            Self::Unavailable(_, cause) => {
                let mut text = self.to_string();
                let mut next: Option<&dyn StdError> = Some(&**cause);
                while let Some(error) = next {
                    text = format!("{text}: {error}");
                    next = error.source();
                }
                text
            }
            Self::Inconsistent { .. } | Self::Stopped => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_cause_but_quotes_no_row() {
        let disk = StoreError::Unavailable("keep a job", "disk is full".into());
        let row = StoreError::Inconsistent { column: "payloads.payload", source: "planted question".into() };

        assert_eq!(disk.report(), "the database could not keep a job: disk is full");
        assert!(!row.report().contains("planted"));
    }
}
