use axum::Router;
use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use axum::routing::get;

use super::error::{method_not_allowed, not_found};
use super::limits::refuse_body;
use super::routes::{health, metrics, stream};
use super::state::HttpState;

const NOSNIFF: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));

/// All routes of docs/protocol.md.
pub fn router(state: HttpState) -> Router {
    Router::new()
        // A HEAD would use the token up and show nothing for it.
        .route("/platen/v1/jobs/{id}/stream", get(stream::open).head(method_not_allowed))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::page))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(refuse_body))
        .layer(map_response(common_headers))
        .with_state(state)
}

/// No answer may be kept by anyone or be taken for another type.
async fn common_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(NOSNIFF.0, NOSNIFF.1);
    response
}
