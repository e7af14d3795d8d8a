//! Where jobs, deliveries, sites, tokens and rate limits are kept.
//!
//! The traits belong to the use cases that need them (`jobs::store`, `webhooks::store`, `site_tokens`, `sites` …); the implementations here own every line of SQL. Only [`StoreError`] and
//! [`StoreFuture`] are used outside `app`.

mod error;
pub mod sqlite;

pub use error::{StoreError, StoreFuture};
