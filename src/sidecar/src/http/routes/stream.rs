//! `GET /platen/v1/jobs/{id}/stream`: the answer as it is written, as server-sent events.

mod body;

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use platen_core::code::ErrorCode;
use platen_core::job::JobId;
use serde::Deserialize;
use tokio::time::timeout;

use crate::http::error::ApiError;
use crate::http::request::bearer;
use crate::http::state::HttpState;
use crate::streaming::{AdmitError, EventId, admit};
use crate::telemetry::names;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Tells nginx not to collect the answer before it passes it on.
const NO_BUFFERING: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// How long the checks before a stream may take: a few reads and one write of the store.
const ADMIT_DEADLINE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
pub(crate) struct StreamQuery {
    token: Option<String>,
}

/// Opens the stream of a job for the holder of a token.
pub(crate) async fn open(
    State(state): State<HttpState>,
    Path(id): Path<String>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if state.draining.is_cancelled() {
        return Err(ApiError::draining());
    }
    let job: JobId = id.parse().map_err(|_| refused(AdmitError::JobNotFound))?;
    let token = bearer(&headers).map(str::to_owned).or(query.token).ok_or_else(|| {
        ApiError::missing_token("a stream needs a token, as ?token= or as Authorization: Bearer")
    })?;
    let last_event_id = last_event_id(&headers)?;
    // Room is taken before the token is used up, so that a client that is turned away can come back with it.
    let slot = state
        .reserve_stream()
        .ok_or_else(|| ApiError::unavailable(ErrorCode::RateLimited, "as many streams are open as may be"))?;
    let follower = timeout(ADMIT_DEADLINE, admit(&state.streams, job, &token, last_event_id))
        .await
        .map_err(|_| ApiError::unavailable(ErrorCode::StoreUnavailable, "the store did not answer in time"))?
        .map_err(refused)?;
    let key = follower.key();
    tracing::info!(
        { names::JOB_ID } = key.job.as_str(),
        { names::REQUEST_ID } = follower.request_id(),
        { names::SITE_ID } = key.site.as_str(),
        "a stream was opened"
    );
    let body = body::stream(follower, slot, state.draining.clone());
    Ok(([(CONTENT_TYPE, "text/event-stream"), NO_BUFFERING], body).into_response())
}

/// An empty header is what a browser sends before its first event.
fn last_event_id(headers: &HeaderMap) -> Result<Option<EventId>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.map(Some).ok_or_else(|| {
        let message = "Last-Event-ID is not an event id of this server";
        ApiError::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
    })
}

fn refused(error: AdmitError) -> ApiError {
    tracing::info!({ names::ERROR_CODE } = error.code().as_str(), "a stream was refused");
    match error {
        AdmitError::Token(error) => error.into(),
        AdmitError::JobNotFound => ApiError::new(StatusCode::NOT_FOUND, error.code(), error.to_string()),
        AdmitError::Store(error) => ApiError::of_store(&error),
    }
}
