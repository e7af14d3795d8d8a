//! What the steps of a workflow do that call no model. A chat is the runner's own part.

mod fetch;

use platen_core::code::ErrorCode;
use platen_core::job::JobError;
use platen_core::workflow::{Action, ActionError};
use serde_json::Value;

use crate::providers::RetryAdvice;
pub use fetch::{Fetcher, FetcherError};

/// Why a step failed, and whether to try again.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) error: JobError,
    pub(super) advice: RetryAdvice,
}

/// Does it. Dropping the future ends it without effect.
pub(super) async fn run(fetcher: &Fetcher, action: Action) -> Result<Value, Failure> {
    match action {
        Action::Fetch(payload) => fetch::run(fetcher, payload).await,
        action @ (Action::Split(_) | Action::Template(_) | Action::Chat(_)) => perform(action).await,
    }
}

/// Cutting a megabyte by tokens takes a while, so not on a thread that serves others.
async fn perform(action: Action) -> Result<Value, Failure> {
    let performing = tokio::task::spawn_blocking(move || action.perform());
    match performing.await {
        Ok(Some(Ok(value))) => Ok(value),
        Ok(Some(Err(error))) => Err(Failure::from(error)),
        // Only a chat has no result here, and the runner keeps those for itself.
        Ok(None) | Err(_) => {
            let message = "the step could not be performed".to_owned();
            let error = JobError { code: ErrorCode::Internal, message };
            Err(Failure { error, advice: RetryAdvice::Never })
        }
    }
}

impl From<ActionError> for Failure {
    fn from(error: ActionError) -> Self {
        Self { error: error.into(), advice: RetryAdvice::Never }
    }
}
