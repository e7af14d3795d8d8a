use std::time::Duration;

use axum::Json;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use platen_core::code::ErrorCode;
use serde::Serialize;

use crate::site_tokens::TokenError;
use crate::storage::StoreError;
use crate::telemetry::names;

/// When a client comes back that met a store or a daemon which cannot serve it now.
const BUSY_RETRY: Duration = Duration::from_secs(2);

/// A refused request, in the one envelope: `{"error":{"code","message"}}`.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    retry_after: Option<Duration>,
}

#[derive(Serialize)]
struct Envelope {
    error: Inner,
}

#[derive(Serialize)]
struct Inner {
    code: ErrorCode,
    message: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// 503: the same request may be taken in a moment.
    pub(super) fn unavailable(code: ErrorCode, message: impl Into<String>) -> Self {
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
        Self { retry_after: Some(BUSY_RETRY), ..error }
    }

    /// 503 while the daemon ends.
    pub(super) fn draining() -> Self {
        Self::unavailable(ErrorCode::Draining, "the daemon is shutting down")
    }

    /// The store failed. The log is told why, the client only that.
    pub(super) fn of_store(error: &StoreError) -> Self {
        tracing::error!({ names::ERROR } = error.report(), "a request over HTTP met a store that failed");
        match error.code() {
            ErrorCode::StoreUnavailable => {
                Self::unavailable(ErrorCode::StoreUnavailable, "the store cannot be asked now")
            }
            code => Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, "the store holds something odd"),
        }
    }

    /// 401: there is no token where one is needed.
    pub(super) fn missing_token(message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::InvalidToken, message)
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match &error {
            TokenError::Store(source) => Self::of_store(source),
            TokenError::Jwt(_) | TokenError::UnknownIssuer | TokenError::Claim(_) | TokenError::Used => {
                Self::new(StatusCode::UNAUTHORIZED, error.code(), error.to_string())
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Envelope { error: Inner { code: self.code, message: self.message } };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}

/// The answer to an unknown path.
pub(super) async fn not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, ErrorCode::InvalidRequest, "there is nothing at this path")
}

/// The answer to another method than the path has.
pub(super) async fn method_not_allowed(method: Method) -> ApiError {
    let message = format!("this path does not take {method}");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::InvalidRequest, message)
}
