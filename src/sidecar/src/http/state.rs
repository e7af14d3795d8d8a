use std::sync::Arc;

use platen_core::clock::Clock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::routes::metrics::Counting;
use crate::jobs::Jobs;
use crate::results::Results;
use crate::site_tokens::SiteTokens;
use crate::streaming::Streams;
use crate::telemetry::Metrics;

/// What the server is built from.
pub struct HttpParts {
    /// What streams are served from.
    pub streams: Arc<Streams>,
    /// What sites were not told of.
    pub results: Arc<Results>,
    /// What takes and changes jobs.
    pub jobs: Arc<Jobs>,
    /// Tells whose requests are let in.
    pub tokens: Arc<SiteTokens>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Fires when the daemon takes no new work: streams end, readiness is gone.
    pub draining: CancellationToken,
    /// Streams at the same time.
    pub max_streams: u32,
}

/// What every handler may use. A clone is another handle to the same.
#[derive(Clone)]
pub struct HttpState {
    pub(super) streams: Arc<Streams>,
    pub(super) results: Arc<Results>,
    pub(super) jobs: Arc<Jobs>,
    pub(super) tokens: Arc<SiteTokens>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) draining: CancellationToken,
    pub(super) max_streams: usize,
    pub(super) counting: Arc<Counting>,
    capacity: Arc<Semaphore>,
}

impl HttpState {
    /// Takes the parts over.
    pub fn new(parts: HttpParts) -> Self {
        let HttpParts { streams, results, jobs, tokens, clock, metrics, draining, max_streams } = parts;
        let max_streams = usize::try_from(max_streams).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let capacity = Arc::new(Semaphore::new(max_streams));
        let counting = Arc::default();
        Self { streams, results, jobs, tokens, clock, metrics, draining, max_streams, counting, capacity }
    }

    /// Room for one more stream, `None` when there is none.
    pub(super) fn reserve_stream(&self) -> Option<StreamSlot> {
        let permit = Arc::clone(&self.capacity).try_acquire_owned().ok()?;
        self.metrics.stream_opened();
        Some(StreamSlot { _permit: permit, metrics: Arc::clone(&self.metrics) })
    }
}

/// The room that one stream takes, until it is dropped.
pub(super) struct StreamSlot {
    _permit: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

impl Drop for StreamSlot {
    fn drop(&mut self) {
        self.metrics.stream_closed();
    }
}
