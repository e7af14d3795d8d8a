use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use platen_core::code::ErrorCode;
use serde::Serialize;
use tokio::time::timeout;

use crate::http::state::HttpState;
use crate::jobs;

/// How long the store may take to prove that it can be written.
const PROBE_DEADLINE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ErrorCode>,
}

/// Answers while the process serves, whatever else is wrong.
pub(crate) async fn alive() -> Response {
    Json(Health { status: "ok", reason: None }).into_response()
}

/// Answers whether a job would be accepted now.
pub(crate) async fn ready(State(state): State<HttpState>) -> Response {
    if state.draining.is_cancelled() {
        return unready(ErrorCode::Draining);
    }
    match timeout(PROBE_DEADLINE, jobs::probe(&state.jobs)).await {
        Ok(Ok(())) => Json(Health { status: "ready", reason: None }).into_response(),
        Ok(Err(error)) => unready(error.code()),
        Err(_) => unready(ErrorCode::StoreUnavailable),
    }
}

fn unready(reason: ErrorCode) -> Response {
    let body = Health { status: "unready", reason: Some(reason) };
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}
