//! `/v1/jobs`: takes, shows and cancels jobs, for callers on this host or behind a proxy of the operator's. The same
//! use cases as on the socket.

mod access;
mod submission;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use platen_core::code::ErrorCode;
use platen_core::job::{JobId, JobSnapshot};
use platen_core::wire::{BatchItem, JobRef, Receipt, Receipts, Submit, SubmitMany};
use sha2::{Digest, Sha256};

use self::submission::Submission;
use crate::http::error::ApiError;
use crate::http::request::{RequestBody, require_json, text};
use crate::http::state::HttpState;
use crate::jobs::{self, BatchError, ChangeError, LookupError, SubmitError};

/// Takes a job or a batch. What is answered with 202 or 200 is on the disk.
pub(crate) async fn submit(
    State(state): State<HttpState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let mut body = RequestBody::new(body);
    let taken = take(&state, &headers, &mut body).await;
    if taken.is_err() {
        body.discard().await;
    }
    taken
}

async fn take(state: &HttpState, headers: &HeaderMap, body: &mut RequestBody) -> Result<Response, ApiError> {
    require_json(headers)?;
    let grant = access::admit(state, headers, None).await?;
    let body = body.read(headers).await?;
    // Not before the body is there, which may take long.
    if state.draining.is_cancelled() {
        return Err(ApiError::draining());
    }
    let now = state.clock.now();
    access::check_signature(headers, &body, &grant.site, now)?;
    let submission = Submission::read(headers, &body, grant.site.id.clone(), now)?;
    // Last, so that a request that can never be taken does not cost its caller a token.
    access::redeem(state, grant).await?;
    match submission {
        Submission::One(job) => take_one(state, *job).await,
        Submission::Many(batch) => take_many(state, batch).await,
    }
}

async fn take_one(state: &HttpState, job: Submit) -> Result<Response, ApiError> {
    let receipt = jobs::submit(&state.jobs, job).await?;
    let location = format!("/v1/jobs/{}", receipt.job_id);
    Ok((status_of(&receipt), [(LOCATION, location)], Json(receipt)).into_response())
}

async fn take_many(state: &HttpState, batch: SubmitMany) -> Result<Response, ApiError> {
    let receipts = jobs::submit_many(&state.jobs, batch).await?;
    let is_new = |item: &BatchItem| matches!(item, BatchItem::Receipt(receipt) if !receipt.is_duplicate);
    let Receipts { receipts: items } = &receipts;
    let status = if items.iter().any(is_new) { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(receipts)).into_response())
}

/// 202: there will be an answer. 200: the job was there before.
fn status_of(receipt: &Receipt) -> StatusCode {
    if receipt.is_duplicate { StatusCode::OK } else { StatusCode::ACCEPTED }
}

/// Shows a job as it stands. Looking changes nothing, so the token serves until it expires.
pub(crate) async fn show(
    State(state): State<HttpState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let job_id = read_id(&id)?;
    let grant = access::admit(&state, &headers, Some(&job_id)).await?;
    let job = JobRef { site: grant.site.id.clone(), job_id };
    let snapshot = jobs::snapshot(&state.jobs, job).await?;
    shown(&snapshot, &headers)
}

fn shown(snapshot: &JobSnapshot, headers: &HeaderMap) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(snapshot).map_err(|_| {
        let message = "the job cannot be shown";
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
    })?;
    let tag = format!("\"{:x}\"", Bytes::copy_from_slice(&Sha256::digest(&body)));
    let is_known = text(headers, IF_NONE_MATCH.as_str()).is_some_and(|tags| names(tags, &tag));
    // Kept by the caller only, and asked for again each time.
    let common = [(CACHE_CONTROL, "private, no-cache".to_owned()), (ETAG, tag)];
    Ok(if is_known {
        (StatusCode::NOT_MODIFIED, common).into_response()
    } else {
        (common, [(CONTENT_TYPE, "application/json")], body).into_response()
    })
}

/// Whether `If-None-Match` names the tag (RFC 9110, weak comparison).
fn names(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|given| given == "*" || given.trim_start_matches("W/") == tag)
}

/// Ends a job that has not ended, and shows it. The signature is that of an empty body.
pub(crate) async fn cancel(
    State(state): State<HttpState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if state.draining.is_cancelled() {
        return Err(ApiError::draining());
    }
    let job_id = read_id(&id)?;
    let grant = access::admit(&state, &headers, Some(&job_id)).await?;
    access::check_signature(&headers, b"", &grant.site, state.clock.now())?;
    let job = JobRef { site: grant.site.id.clone(), job_id };
    access::redeem(&state, grant).await?;
    Ok(Json(jobs::cancel(&state.jobs, job).await?).into_response())
}

fn read_id(id: &str) -> Result<JobId, ApiError> {
    id.parse().map_err(|_| LookupError::NotFound.into())
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        let status = match &error {
            SubmitError::Invalid(_)
            | SubmitError::UnknownModel(_)
            | SubmitError::UnknownWorkflow(_)
            | SubmitError::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
            SubmitError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            // It was there when the token was checked.
            SubmitError::UnknownSite(_) => StatusCode::UNAUTHORIZED,
            SubmitError::Conflict { job_id: _ } => StatusCode::CONFLICT,
            SubmitError::Store(source) => return Self::of_store(source),
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl From<BatchError> for ApiError {
    fn from(error: BatchError) -> Self {
        match &error {
            BatchError::Length => Self::new(StatusCode::BAD_REQUEST, error.code(), error.to_string()),
            BatchError::Store(source) => Self::of_store(source),
        }
    }
}

impl From<LookupError> for ApiError {
    fn from(error: LookupError) -> Self {
        match &error {
            LookupError::NotFound => Self::new(StatusCode::NOT_FOUND, error.code(), error.to_string()),
            LookupError::Store(source) => Self::of_store(source),
        }
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        let status = match &error {
            ChangeError::NotFound => StatusCode::NOT_FOUND,
            ChangeError::NotAllowed { from: _, to: _ } => StatusCode::CONFLICT,
            ChangeError::Store(source) => return Self::of_store(source),
        };
        Self::new(status, error.code(), error.to_string())
    }
}
