use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::http::state::HttpState;
use crate::jobs;
use crate::telemetry::names;

/// How long the store may take to count its jobs and webhooks. Without them the page still has everything else.
const COUNT_DEADLINE: Duration = Duration::from_secs(2);

/// The media type of prometheus-client's text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The page that Prometheus reads.
pub(crate) async fn page(State(state): State<HttpState>) -> Response {
    if let Ok(Ok(counts)) = timeout(COUNT_DEADLINE, jobs::counts(&state.jobs)).await {
        state.metrics.set_jobs(&counts);
    }
    if let Ok(Err(error)) = timeout(COUNT_DEADLINE, state.results.measure()).await {
        tracing::warn!({ names::ERROR } = &error as &dyn std::error::Error, "webhooks could not be counted");
    }
    ([(CONTENT_TYPE, OPEN_METRICS)], state.metrics.encode()).into_response()
}
