//! One connection of a pool: opened when it is needed, and again when it was lost.

use std::sync::Arc;

use thiserror::Error;

use super::Address;
use super::client::Client;
use super::handle::{Callers, Handle};
use super::owner::Announcer;
use crate::storage::StoreError;
use crate::storage::change::Change;
use crate::storage::sql::connection::{Connection, Sql, SqlError};
use crate::storage::sql::failed;
use crate::telemetry::names;

/// How often a change is made, until a transaction holds.
const MAX_TRIES: u32 = 8;

const CHANGE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const QUERY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Statements of the queue are made for an index each. What PostgreSQL knows of its tables would tell it otherwise for
/// the first minute of a busy queue, when they were empty as the plans were made; so whole tables are read only where
/// there is no other way.
const PLANS: &str = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; \
     SET enable_mergejoin = off; SET enable_sort = off; SET jit = off";

/// A transaction of ours is short. One that stands still is of a daemon that was stopped in the middle: the server
/// ends it, so that the others get its locks. What is acknowledged is durable, whatever the server's default is.
const SETTINGS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '5s'; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

pub(super) struct Session {
    address: Address,
    announcer: Arc<Announcer>,
    handle: Option<Handle>,
}

impl Session {
    pub(super) fn new(address: Address, announcer: Arc<Announcer>) -> Self {
        Self { address, announcer, handle: None }
    }

    /// Makes changes in one transaction, and tells their callers. When it does not hold, each is made in one of its own, so
    /// that none takes another with it.
    pub(super) fn make(&mut self, mut changes: Vec<Box<dyn Change>>) {
        if changes.len() > 1 {
            match self.try_make(&mut changes) {
                Err(cause) if cause.is_undone() => {
                    tracing::info!({ names::ERROR } = %cause, "changes are made again, each by itself");
                }
                outcome => return answer(changes, outcome),
            }
        }
        for change in changes {
            let mut alone = vec![change];
            let outcome = self.make_alone(&mut alone);
            answer(alone, outcome);
        }
    }

    /// Makes a change, again when others stood in its way.
    fn make_alone(&mut self, change: &mut [Box<dyn Change>]) -> Result<(), NotKept> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_make(change) {
                Err(cause) if tries < MAX_TRIES && cause.is_passing() => {
                    tracing::info!({ names::ERROR } = %cause, tries, "a transaction is made again");
                }
                outcome => return outcome,
            }
        }
    }

    fn try_make(&mut self, changes: &mut [Box<dyn Change>]) -> Result<(), NotKept> {
        let is_heard = self.announcer.is_heard();
        let callers = if changes.len() > 1 { Callers::Several } else { Callers::One };
        let handle = self.begin(CHANGE, callers).map_err(NotKept::Begin)?;
        let made = changes.iter_mut().try_for_each(|change| change.make(handle).map_err(NotKept::because));
        if let Err(cause) = made {
            self.end();
            return Err(cause);
        }
        let told = if is_heard { Ok(()) } else { handle.notify() };
        let ended = told.and_then(|()| handle.commit());
        if ended.is_err() {
            self.handle = None;
        }
        self.announcer.announce(ended.map_err(NotKept::Commit)?);
        Ok(())
    }

    /// Makes a query that sees one moment.
    pub(super) fn query<T>(
        &mut self,
        what: &'static str,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let handle = self.begin(QUERY, Callers::One).map_err(failed(what))?;
        let outcome = query(handle);
        if outcome.is_err() || handle.leave().is_err() {
            self.end();
        }
        outcome
    }

    /// Begins a transaction; on a new connection when the old one was lost while nobody used it.
    fn begin(&mut self, text: &str, callers: Callers) -> Result<&Handle, SqlError> {
        if let Some(handle) = self.handle.take()
            && handle.begin(text, callers).is_ok()
        {
            return Ok(self.handle.insert(handle));
        }
        let handle = Handle::new(Client::connect(&self.address)?);
        handle.batch(SETTINGS)?;
        handle.batch(PLANS)?;
        handle.begin(text, callers)?;
        Ok(self.handle.insert(handle))
    }

    /// Ends a transaction of which nothing is to be kept.
    fn end(&mut self) {
        let is_sound = self.handle.as_ref().is_some_and(|handle| handle.rollback().is_ok());
        if !is_sound {
            self.handle = None;
        }
    }
}

/// Why nothing of a transaction was kept.
#[derive(Debug, Error)]
enum NotKept {
    /// It could not begin.
    #[error(transparent)]
    Begin(SqlError),
    /// A change could not be made. Its caller is told why by the change itself.
    #[error("{report}")]
    Change { report: String, is_passing: bool },
    /// It could not be committed.
    #[error(transparent)]
    Commit(SqlError),
}

impl NotKept {
    fn because(error: &StoreError) -> Self {
        let is_passing = match error {
            StoreError::Unavailable(_, cause) => cause.downcast_ref().is_some_and(is_passing),
            StoreError::Inconsistent { .. } | StoreError::Stopped => false,
        };
        Self::Change { report: error.report(), is_passing }
    }

    /// Whether the same may hold when it is made again.
    fn is_passing(&self) -> bool {
        match self {
            Self::Begin(cause) | Self::Commit(cause) => is_passing(cause),
            Self::Change { report: _, is_passing } => *is_passing,
        }
    }

    /// Whether a part of it may hold by itself: the server took it, and it is known that nothing was kept.
    fn is_undone(&self) -> bool {
        match self {
            Self::Begin(_) => false,
            Self::Commit(SqlError::Postgres(cause)) => cause.is_undone(),
            Self::Commit(SqlError::Sqlite(_) | SqlError::NoRow | SqlError::Column(_))
            | Self::Change { .. } => true,
        }
    }
}

fn is_passing(cause: &SqlError) -> bool {
    match cause {
        SqlError::Postgres(cause) => cause.is_passing(),
        SqlError::Sqlite(_) | SqlError::NoRow | SqlError::Column(_) => false,
    }
}

fn answer(changes: Vec<Box<dyn Change>>, outcome: Result<(), NotKept>) {
    let committed = outcome.map_err(|cause| -> Arc<dyn std::error::Error + Send + Sync> { Arc::new(cause) });
    for change in changes {
        change.answer(committed.as_ref().copied());
    }
}
