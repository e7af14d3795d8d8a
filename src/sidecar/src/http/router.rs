use axum::Router;
use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use axum::routing::{get, post};

use super::error::{method_not_allowed, not_found};
use super::limits::refuse_body;
use super::routes::{health, jobs, metrics, results, stream};
use super::state::HttpState;

const NOSNIFF: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));

/// All routes of docs/protocol.md.
pub fn router(state: HttpState) -> Router {
    let without_body = Router::new()
        // A HEAD would use the token up and show nothing for it.
        .route("/platen/v1/jobs/{id}/stream", get(stream::open).head(method_not_allowed))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::page))
        .route("/v1/jobs/{id}", get(jobs::show))
        .route("/v1/jobs/{id}/cancel", post(jobs::cancel))
        // A HEAD would acknowledge, and show nothing for it.
        .route("/v1/results", get(results::page).head(method_not_allowed))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(refuse_body));
    Router::new()
        // Not below `/platen/`, which the site's web server publishes: whoever may reach this is on this host.
        .route("/v1/jobs", post(jobs::submit))
        .method_not_allowed_fallback(method_not_allowed)
        .merge(without_body)
        .layer(map_response(common_headers))
        .with_state(state)
}

/// No answer may be kept by anyone, unless its route says who may, or be taken for another type.
async fn common_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(NOSNIFF.0, NOSNIFF.1);
    response
}
