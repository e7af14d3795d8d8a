//! What every request to a provider carries.

use platen_core::secret::Secret;
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use reqwest::{Client, Request, RequestBuilder};

use super::{CompletionRequest, ProviderError};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Begins a call that is followed by the request id and the trace.
pub(super) fn post(client: &Client, url: &str, request: &CompletionRequest) -> RequestBuilder {
    let builder =
        client.post(url).header(ACCEPT, "text/event-stream").header(REQUEST_ID, request.request_id.as_str());
    match &request.traceparent {
        Some(traceparent) => builder.header(TRACEPARENT, traceparent.as_str()),
        None => builder,
    }
}

/// Ends the building of a call.
///
/// # Errors
/// [`ProviderError::InvalidCall`]: the address or a header cannot be sent.
pub(super) fn build(builder: RequestBuilder) -> Result<Request, ProviderError> {
    builder.build().map_err(|error| ProviderError::InvalidCall(error.into()))
}

/// A header that holds a key, `None` when the key has characters that no header may have. It is marked as
/// sensitive, so no log of a lower layer shows it.
pub(super) fn secret_header(prefix: &str, key: &Secret<String>) -> Option<HeaderValue> {
    let text = Secret::new(format!("{prefix}{}", key.expose()));
    let mut value = HeaderValue::from_str(text.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
