//! A change that waits to be made, and its caller who waits for the commit.

use std::error::Error;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use super::sql::connection::Connection;

/// Changes that wait. When it is full, callers wait: the disk or the server sets the pace, and nothing is dropped.
const QUEUE_LENGTH: usize = 1024;

/// Where changes wait for whoever makes them, who ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Changes {
    queue: mpsc::Sender<Box<dyn Change>>,
}

impl Changes {
    pub(super) fn new() -> (Self, Waiting) {
        let (queue, waiting) = mpsc::channel(QUEUE_LENGTH);
        (Self { queue }, Waiting(waiting))
    }

    /// Makes a change in a transaction. It is durable when this returns; on an error nothing of it is.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (change, answer) = asked(what, change);
        self.add(change).await?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// Lets a change wait for whoever makes them.
    pub(super) async fn add(&self, change: Box<dyn Change>) -> Result<(), StoreError> {
        self.queue.send(change).await.map_err(|_| StoreError::Stopped)
    }

    /// Wakes whoever makes them, with nothing to make. Not when there is plenty.
    pub(super) fn wake(&self) {
        let _ = self.queue.try_send(Box::new(Nothing));
    }

    /// Whether no change waits.
    pub(super) fn are_none(&self) -> bool {
        self.queue.capacity() == self.queue.max_capacity()
    }
}

/// What the caller of a change is told.
pub(super) type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// A change as somebody makes it, and where its caller hears of it.
pub(super) fn asked<T, F>(what: &'static str, change: F) -> (Box<dyn Change>, Answer<T>)
where
    T: Send + 'static,
    F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Box::new(Asked { what, change, outcome: None, caller }), answer)
}

/// The changes that wait.
pub(super) struct Waiting(mpsc::Receiver<Box<dyn Change>>);

impl Waiting {
    /// Blocks until there is a change, and takes those that wait with it, so many at the most. None when there will be
    /// no more.
    pub(super) fn gather(&mut self, most: usize) -> Vec<Box<dyn Change>> {
        let mut gathered: Vec<_> = self.0.blocking_recv().into_iter().collect();
        if !gathered.is_empty() {
            self.gather_more(&mut gathered, most);
        }
        gathered
    }

    /// Takes those that have come since.
    pub(super) fn gather_more(&mut self, gathered: &mut Vec<Box<dyn Change>>, most: usize) {
        while gathered.len() < most {
            let Ok(next) = self.0.try_recv() else { break };
            gathered.push(next);
        }
    }
}

/// A change that somebody waits for. Engines make several in one transaction, so that they share its commit.
pub(super) trait Change: Send {
    /// Makes the change, or tells why it cannot be made. Another call makes it anew.
    fn make(&mut self, connection: &Connection) -> Result<(), &StoreError>;

    /// Tells the caller how it ended, once it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Committed<'_>);
}

/// Whether what was made is kept, or why nothing of the transaction is.
pub(super) type Committed<'a> = Result<(), &'a Arc<dyn Error + Send + Sync>>;

/// A change of nothing.
struct Nothing;

impl Change for Nothing {
    fn make(&mut self, _connection: &Connection) -> Result<(), &StoreError> {
        Ok(())
    }

    fn answer(self: Box<Self>, _committed: Committed<'_>) {}
}

/// A change as its caller describes it.
struct Asked<T, F> {
    what: &'static str,
    change: F,
    outcome: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
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
