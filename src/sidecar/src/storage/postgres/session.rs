//! One connection of a pool: opened when it is needed, and again when it was lost.

use std::sync::Arc;

use super::owner::Announcer;
use super::{Address, Handle};
use crate::storage::StoreError;
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
     SET enable_mergejoin = off; SET jit = off";

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

    /// Makes a change in a transaction, again when others stood in its way.
    pub(super) fn change<T>(
        &mut self,
        what: &'static str,
        change: &dyn Fn(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_change(what, change) {
                Err(error) if tries < MAX_TRIES && is_passing(&error) => {
                    tracing::info!({ names::ERROR } = error.report(), tries, "a transaction is made again");
                }
                outcome => return outcome,
            }
        }
    }

    fn try_change<T>(
        &mut self,
        what: &'static str,
        change: &dyn Fn(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let is_heard = self.announcer.is_heard();
        let handle = self.begin(CHANGE).map_err(failed(what))?;
        let outcome = change(handle);
        match outcome {
            Ok(value) => {
                let told = if is_heard { Ok(()) } else { handle.notify() };
                let ended = told.and_then(|()| handle.commit());
                if ended.is_err() {
                    self.handle = None;
                }
                let news = ended.map_err(failed(what))?;
                self.announcer.announce(news);
                Ok(value)
            }
            Err(error) => {
                self.end();
                Err(error)
            }
        }
    }

    /// Makes a query that sees one moment.
    pub(super) fn query<T>(
        &mut self,
        what: &'static str,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let handle = self.begin(QUERY).map_err(failed(what))?;
        let outcome = query(handle);
        self.end();
        outcome
    }

    /// Begins a transaction; on a new connection when the old one was lost while nobody used it.
    fn begin(&mut self, text: &str) -> Result<&Handle, SqlError> {
        if let Some(handle) = self.handle.take()
            && handle.begin(text).is_ok()
        {
            return Ok(self.handle.insert(handle));
        }
        let handle = Handle::new(self.address.connect()?);
        handle.batch(SETTINGS)?;
        handle.batch(PLANS)?;
        handle.begin(text)?;
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

fn is_passing(error: &StoreError) -> bool {
    let StoreError::Unavailable(_, cause) = error else { return false };
    match cause.downcast_ref::<SqlError>() {
        Some(SqlError::Postgres(cause)) => cause.is_passing(),
        Some(SqlError::Sqlite(_) | SqlError::NoRow | SqlError::Column(_)) | None => false,
    }
}
