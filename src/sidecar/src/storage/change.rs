//! A change that waits to be made, and its caller who waits for the commit.

use std::error::Error;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::StoreError;
use super::sql::connection::Connection;

/// A change that somebody waits for. Engines make several in one transaction, so that they share its commit.
pub(super) trait Change: Send {
    /// Makes the change, or tells why it cannot be made. Another call makes it anew.
    fn make(&mut self, connection: &Connection) -> Result<(), &StoreError>;

    /// Tells the caller how it ended, once it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Committed<'_>);
}

/// Whether what was made is kept, or why nothing of the transaction is.
pub(super) type Committed<'a> = Result<(), &'a Arc<dyn Error + Send + Sync>>;

/// What the caller waits for.
pub(super) type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// A change as its caller describes it.
struct Asked<T, F> {
    what: &'static str,
    change: F,
    outcome: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

/// Describes a change.
pub(super) fn asked<T, F>(what: &'static str, change: F) -> (Box<dyn Change>, Answer<T>)
where
    T: Send + 'static,
    F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Box::new(Asked { what, change, outcome: None, caller }), answer)
}

impl<T, F> Change for Asked<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, StoreError> + Send,
{
    fn make(&mut self, connection: &Connection) -> Result<(), &StoreError> {
        self.outcome.insert((self.change)(connection)).as_ref().map(drop)
    }

    fn answer(self: Box<Self>, committed: Committed<'_>) {
        let Self { what, outcome, caller, .. } = *self;
        let outcome = match (outcome, committed) {
            // Its own failure tells more than that of the transaction.
            (Some(Err(own)), _) => Err(own),
            (_, Err(cause)) => Err(StoreError::Unavailable(what, Box::new(Arc::clone(cause)))),
            (Some(made), Ok(())) => made,
            (None, Ok(())) => Err(StoreError::Stopped),
        };
        // The caller may have been dropped; the change stands all the same.
        let _ = caller.send(outcome);
    }
}
