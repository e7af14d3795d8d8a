//! Who may use `/v1/jobs`: the holder of a token of the site that, where something changes, also signed the body.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::JobId;
use platen_core::limits::WEBHOOK_TOLERANCE_SECONDS;
use platen_core::webhook::{Request, Scheme, verify_as};
use tokio::time::timeout;

use crate::http::error::ApiError;
use crate::http::request::{bearer, text};
use crate::http::state::HttpState;
use crate::site_tokens::{Grant, JOBS};
use crate::sites::Site;

/// `t={seconds},v1={hex}` over `{seconds}.{body}`, as Stripe signs its webhooks.
const SIGNATURE_HEADER: &str = "x-platen-signature";

/// How far the signed time may lie from now.
const TOLERANCE: Duration = Duration::from_secs(WEBHOOK_TOLERANCE_SECONDS);

/// How long a look into the store may take.
const STORE_DEADLINE: Duration = Duration::from_secs(5);

/// Checks the token of a request. `job` is the one that the path names.
pub(super) async fn admit(
    state: &HttpState,
    headers: &HeaderMap,
    job: Option<&JobId>,
) -> Result<Grant, ApiError> {
    let token = bearer(headers)
        .ok_or_else(|| ApiError::missing_token("jobs need a token, as Authorization: Bearer"))?;
    Ok(in_time(state.tokens.check(JOBS, token, job)).await??)
}

/// Checks that the site signed these bytes a moment ago. Its secret signs tokens too; neither signature is ever one of
/// the other kind, because a token begins with `eyJ` and this with a digit.
pub(super) fn check_signature(
    headers: &HeaderMap,
    body: &[u8],
    site: &Site,
    now: Timestamp,
) -> Result<(), ApiError> {
    let signature = text(headers, SIGNATURE_HEADER).ok_or_else(|| {
        let message = "the body must be signed, as X-Platen-Signature";
        ApiError::new(StatusCode::UNAUTHORIZED, ErrorCode::InvalidSignature, message)
    })?;
    let checked =
        verify_as(Scheme::Stripe, &Request::of(body), |_| signature, &[&site.site_secret], TOLERANCE, now);
    checked.map(drop).map_err(|error| {
        let message = match error.code() {
            ErrorCode::TimestampOutOfTolerance => "the signed time is more than 300 s away",
            _ => "the signature does not belong to the body",
        };
        ApiError::new(StatusCode::UNAUTHORIZED, error.code(), message)
    })
}

/// Uses the token up. From here on the request is made once or not at all.
pub(super) async fn redeem(state: &HttpState, grant: Grant) -> Result<(), ApiError> {
    Ok(in_time(state.tokens.redeem(grant)).await??)
}

async fn in_time<T>(looking: impl Future<Output = T>) -> Result<T, ApiError> {
    let message = "the store did not answer in time";
    timeout(STORE_DEADLINE, looking)
        .await
        .map_err(|_| ApiError::unavailable(ErrorCode::StoreUnavailable, message))
}
