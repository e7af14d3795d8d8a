//! The store traits, once: their statements and what happens between them, over whichever engine keeps the rows.

mod attempts;
mod branches;
mod budgets;
pub(super) mod connection;
mod dead;
mod deliveries;
mod delivery_log;
pub(super) mod duty;
mod end;
mod endpoints;
mod graph;
mod hops;
mod jobs;
mod lease;
mod locks;
pub(super) mod migrate;
mod overview;
mod replay;
mod results;
mod retention;
mod row;
mod schedules;
mod sites;
mod steps;
mod submit;
mod tokens;
mod work;

use self::connection::SqlError;
use super::{Store, StoreError};
pub use migrate::MigrateError;

/// Gives a failed statement the name of what was attempted.
pub(super) fn failed(what: &'static str) -> impl FnOnce(SqlError) -> StoreError {
    move |source| StoreError::Unavailable(what, Box::new(source))
}

/// The statements that run for every job, and those that run when the daemon starts: none may look at every row.
#[cfg(test)]
pub(super) const QUEUE_STATEMENTS: [&str; 11] = [
    overview::WAITING_LANES,
    overview::RUNNING_LANES,
    lease::LATE_JOBS,
    lease::DUE_STEPS,
    lease::HEADS,
    work::NEXT_STEP,
    work::NEXT_DEADLINE,
    work::ORPHANS,
    submit::SAME_INPUT,
    deliveries::SITES_WITH_DUE,
    deliveries::DUE_OF_SITE,
];

#[cfg(test)]
pub(super) const SAME_INPUT: &str = submit::SAME_INPUT;
