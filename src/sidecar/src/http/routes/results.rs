//! `GET /v1/results`: what the site was not told of yet, for sites that cannot be called.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use platen_core::code::ErrorCode;
use platen_core::limits::MAX_PAGE_RESULTS;
use platen_core::wire::{ResultPage, ResultsRequest};
use serde::Deserialize;
use tokio::time::timeout;

use crate::http::error::ApiError;
use crate::http::request::bearer;
use crate::http::state::HttpState;
use crate::results::ResultsError;
use crate::site_tokens::{Grant, RESULTS, TokenError};

/// How long the check of a token may take: a few reads and one write of the store.
const ADMIT_DEADLINE: std::time::Duration = std::time::Duration::from_secs(5);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResultsQuery {
    #[serde(default)]
    since: u64,
    #[serde(default = "most")]
    limit: u32,
    #[serde(default)]
    wait_ms: u64,
}

fn most() -> u32 {
    MAX_PAGE_RESULTS
}

/// Answers with a page as soon as there is a result, or an empty one when the wait is over.
pub(crate) async fn page(
    State(state): State<HttpState>,
    query: Result<Query<ResultsQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<ResultPage>, ApiError> {
    let Query(ResultsQuery { since, limit, wait_ms }) = query.map_err(|_| {
        let message = "the query has since, limit and wait_ms, each a whole number";
        ApiError::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
    })?;
    let grant = admit(&state, &headers).await?;
    let request = ResultsRequest { site: grant.site.id.clone(), since, limit, wait_ms };
    redeem(&state, grant).await?;
    Ok(Json(state.results.page(request, &state.draining).await?))
}

async fn admit(state: &HttpState, headers: &HeaderMap) -> Result<Grant, ApiError> {
    let message = "results need a token, as Authorization: Bearer";
    let token = bearer(headers).ok_or_else(|| ApiError::missing_token(message))?;
    in_time(state.tokens.check(RESULTS, token, None)).await
}

/// A page acknowledges those before it, so its token is used up.
async fn redeem(state: &HttpState, grant: Grant) -> Result<(), ApiError> {
    in_time(state.tokens.redeem(grant)).await
}

async fn in_time<T>(check: impl Future<Output = Result<T, TokenError>>) -> Result<T, ApiError> {
    let late = || ApiError::unavailable(ErrorCode::StoreUnavailable, "the store did not answer in time");
    Ok(timeout(ADMIT_DEADLINE, check).await.map_err(|_| late())??)
}

impl From<ResultsError> for ApiError {
    fn from(error: ResultsError) -> Self {
        let status = match &error {
            ResultsError::TooLong | ResultsError::TooMany | ResultsError::NoSuchPart => {
                StatusCode::BAD_REQUEST
            }
            ResultsError::Busy => return Self::unavailable(ErrorCode::Busy, error.to_string()),
            // It was there when the token was checked.
            ResultsError::UnknownSite => StatusCode::UNAUTHORIZED,
            ResultsError::NoAnswer => StatusCode::NOT_FOUND,
            ResultsError::Store(source) => return Self::of_store(source),
            ResultsError::Malformed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.code(), error.to_string())
    }
}
