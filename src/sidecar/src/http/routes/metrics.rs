use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use tokio::time::{Instant, timeout};

use crate::http::state::HttpState;
use crate::jobs;
use crate::telemetry::names;

/// How long the store may take to count its jobs and webhooks. Without them the page still has everything else.
const COUNT_DEADLINE: Duration = Duration::from_secs(2);

/// The store counts for one part in so many of the time at most, however long the queue is and however often the page
/// is read.
const COUNT_PART: u32 = 100;

/// The media type of prometheus-client's text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// When the store may count again. Until then the page has the figures of the last time.
#[derive(Default)]
pub(crate) struct Counting(Mutex<Option<Instant>>);

impl Counting {
    /// Whether to count now. Nobody else is told to until this count is over, or its deadline is.
    fn begin(&self, now: Instant) -> bool {
        let mut next = self.0.lock();
        let is_due = next.is_none_or(|next| next <= now);
        if is_due {
            *next = Some(now + 2 * COUNT_DEADLINE);
        }
        is_due
    }

    fn end(&self, began: Instant, now: Instant) {
        *self.0.lock() = Some(now + (now - began) * COUNT_PART);
    }
}

/// The page that Prometheus reads.
pub(crate) async fn page(State(state): State<HttpState>) -> Response {
    let began = Instant::now();
    if state.counting.begin(began) {
        count(&state).await;
        state.counting.end(began, Instant::now());
    }
    ([(CONTENT_TYPE, OPEN_METRICS)], state.metrics.encode()).into_response()
}

async fn count(state: &HttpState) {
    if let Ok(Ok(counts)) = timeout(COUNT_DEADLINE, jobs::counts(&state.jobs)).await {
        state.metrics.set_jobs(&counts);
    }
    if let Ok(Err(error)) = timeout(COUNT_DEADLINE, state.results.measure()).await {
        tracing::warn!({ names::ERROR } = &error as &dyn std::error::Error, "webhooks could not be counted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_count_that_takes_long_is_made_seldom_and_by_one() {
        let (counting, began) = (Counting::default(), Instant::now());
        let after = |millis| began + Duration::from_millis(millis);

        assert!(counting.begin(began));
        assert!(!counting.begin(after(1)), "it is under way");
        counting.end(began, after(20));

        assert!(!counting.begin(after(2_019)));
        assert!(counting.begin(after(2_020)));
        assert!(counting.begin(after(7_000)), "one that was never told to be over is");
    }
}
