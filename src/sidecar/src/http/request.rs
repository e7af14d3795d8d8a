//! Reading a request: its token, its media type, its body within bounds.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use platen_core::code::ErrorCode;
use platen_core::limits::MAX_JOB_BYTES;
use tokio::time::timeout;

use super::error::ApiError;

/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// The most bytes of a refused body that are read and thrown away, so that its sender gets to read why.
const MAX_DISCARDED_BYTES: usize = 4 * MAX_JOB_BYTES;

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A header's value when it is visible ASCII.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Refuses what does not call itself JSON. JSON is UTF-8, so a parameter may say that and nothing else matters.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let media_type = text(headers, CONTENT_TYPE.as_str()).and_then(|value| value.split(';').next());
    if media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    let message = "the body must be application/json";
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::InvalidRequest, message))
}

/// The body of a request, until it was read or thrown away.
pub(super) struct RequestBody(BodyDataStream);

impl RequestBody {
    pub(super) fn new(body: Body) -> Self {
        Self(body.into_data_stream())
    }

    /// Reads all of it, at most [`MAX_JOB_BYTES`].
    pub(super) async fn read(&mut self, headers: &HeaderMap) -> Result<Vec<u8>, ApiError> {
        let announced = text(headers, CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
        if announced.is_some_and(|bytes: usize| bytes > MAX_JOB_BYTES) {
            return Err(too_large());
        }
        timeout(BODY_DEADLINE, self.collect()).await.map_err(|_| {
            let message = "the body did not arrive in time";
            ApiError::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::DeadlineExceeded, message)
        })?
    }

    async fn collect(&mut self) -> Result<Vec<u8>, ApiError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.0.next().await {
            let chunk = chunk.map_err(|_| {
                let message = "the body could not be read";
                ApiError::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
            })?;
            if bytes.len().saturating_add(chunk.len()) > MAX_JOB_BYTES {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Throws away what is left. Closing over unread bytes would reset the connection, and its client would never
    /// read the answer; a client that sends without end is closed all the same.
    pub(super) async fn discard(&mut self) {
        let discarding = async {
            let mut bytes = 0_usize;
            while let Some(Ok(chunk)) = self.0.next().await {
                bytes = bytes.saturating_add(chunk.len());
                if bytes > MAX_DISCARDED_BYTES {
                    return;
                }
            }
        };
        // Out of time is as good as out of bytes.
        drop(timeout(BODY_DEADLINE, discarding).await);
    }
}

fn too_large() -> ApiError {
    let message = format!("the body is larger than {MAX_JOB_BYTES} bytes");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, message)
}
