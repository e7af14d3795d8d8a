//! Results for sites that ask: what they were not told of yet, in pages, and long answers in parts.
//!
//! A page is what a cursor stands for: handing it out numbers the page and writes that number to each event on it
//! and to no other, and the cursor, sent back, acknowledges exactly those. So nothing is acknowledged that was not
//! handed out, whatever order events were committed in, and what was on a page that was lost comes again. An event that its webhook
//! delivers meanwhile is on no further page; an event that came both ways has the same id.

pub mod store;

mod answer;
mod arrivals;
mod page;

use std::sync::Arc;

use platen_core::clock::Clock;
use platen_core::code::ErrorCode;
use platen_core::limits::{MAX_PAGE_RESULTS, MAX_WAIT};
use thiserror::Error;
use tokio::sync::Semaphore;

use self::store::ResultStore;
use crate::jobs::store::JobStore;
use crate::sites::Sites;
use crate::storage::StoreError;
use crate::telemetry::Metrics;
use crate::webhooks::store::EndpointStore;

pub use arrivals::Arrivals;

/// Requests that may wait for a result at the same time.
const MAX_WAITERS: usize = 256;

/// Hands results out.
pub struct Results {
    store: Arc<dyn ResultStore>,
    endpoints: Arc<dyn EndpointStore>,
    jobs: Arc<dyn JobStore>,
    sites: Arc<Sites>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    arrivals: Arc<Arrivals>,
    waiters: Semaphore,
}

/// The parts of [`Results`].
pub struct ResultsParts {
    /// Keeps the results.
    pub store: Arc<dyn ResultStore>,
    /// Tells how webhooks stand; the same database.
    pub endpoints: Arc<dyn EndpointStore>,
    /// Keeps the answers; the same database.
    pub jobs: Arc<dyn JobStore>,
    /// Looks sites up.
    pub sites: Arc<Sites>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Tells when a job of a site has ended.
    pub arrivals: Arc<Arrivals>,
}

/// No results can be told.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// The wait is out of its range.
    #[error("a wait is at most {} ms", MAX_WAIT.as_millis())]
    TooLong,
    /// The number of results is out of its range.
    #[error("a page has at most {MAX_PAGE_RESULTS} results")]
    TooMany,
    /// The offset does not lie between two characters of the answer.
    #[error("the answer has no part that begins there")]
    NoSuchPart,
    /// Others wait already.
    #[error("{MAX_WAITERS} requests wait already")]
    Busy,
    /// No such site was added.
    #[error("no site with this id was added to the daemon")]
    UnknownSite,
    /// The site has no such job, or the job has no answer.
    #[error("the site has no job of this id with an answer")]
    NoAnswer,
    /// The store cannot be asked now.
    #[error("the results cannot be read now")]
    Store(#[from] StoreError),
    /// What the store holds is not what was put into it.
    #[error("a result is not of its form")]
    Malformed(#[source] serde_json::Error),
}

impl ResultsError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLong | Self::TooMany | Self::NoSuchPart => ErrorCode::InvalidRequest,
            Self::Busy => ErrorCode::Busy,
            Self::UnknownSite => ErrorCode::UnknownSite,
            Self::NoAnswer => ErrorCode::JobNotFound,
            Self::Store(error) => error.code(),
            Self::Malformed(_) => ErrorCode::Internal,
        }
    }
}

impl Results {
    /// Puts the parts together.
    pub fn new(parts: ResultsParts) -> Self {
        let ResultsParts { store, endpoints, jobs, sites, clock, metrics, arrivals } = parts;
        let waiters = Semaphore::new(MAX_WAITERS);
        Self { store, endpoints, jobs, sites, clock, metrics, arrivals, waiters }
    }

    /// Sets the figures about webhooks that only the store knows.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn measure(&self) -> Result<(), StoreError> {
        self.metrics.set_webhooks(&self.endpoints.endpoints().await?);
        Ok(())
    }
}
