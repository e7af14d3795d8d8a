//! Where jobs, deliveries, sites, tokens and budgets are kept.
//!
//! The traits belong to the use cases that need them (`jobs::store`, `webhooks::store`, `results::store`,
//! `site_tokens`, `sites`, `budgets`); [`Store`] implements all of them. Its statements and their logic are in
//! `sql`, once; below it are the engines, which know how a transaction begins, how it ends and who else may write.
//! Nothing outside `storage` knows which engine runs.

mod change;
mod error;
mod postgres;
mod room;
mod sql;
mod sqlite;
mod store;
mod tenure;

pub use error::{StoreError, StoreFuture};
pub use postgres::{AddressError, OwnerError};
pub(crate) use room::is_disk_full;
pub use sql::MigrateError;
use store::Line;
pub use store::{OpenError, Store};
pub use tenure::{JobNews, Tenure, Wakes};
