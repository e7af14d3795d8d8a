//! What was asked of the provider, kept for tests to look at.

use std::time::Instant;

use axum::http::HeaderMap;
use parking_lot::Mutex;
use serde::Serialize;

/// One call as it came in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Call {
    path: &'static str,
    request_id: Option<String>,
    traceparent: Option<String>,
    authorization: Option<String>,
    api_key: Option<String>,
    body: serde_json::Value,
    /// Milliseconds since the provider started.
    at_ms: u128,
}

/// All calls, oldest first.
pub(crate) struct Calls {
    started: Instant,
    list: Mutex<Vec<Call>>,
}

impl Calls {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), list: Mutex::default() }
    }

    pub(crate) fn record(&self, path: &'static str, headers: &HeaderMap, body: &serde_json::Value) {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        self.list.lock().push(Call {
            path,
            request_id: header("x-request-id"),
            traceparent: header("traceparent"),
            authorization: header("authorization"),
            api_key: header("x-api-key"),
            body: body.clone(),
            at_ms: self.started.elapsed().as_millis(),
        });
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.list.lock().clone()
    }

    pub(crate) fn forget(&self) {
        self.list.lock().clear();
    }
}
