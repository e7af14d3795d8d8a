//! Reads a page of the web: guarded, bounded in size and time, and every redirect checked like the first address.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use platen_core::code::ErrorCode;
use platen_core::job::JobError;
use platen_core::workflow::FetchPayload;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};
use thiserror::Error;

use super::Failure;
use crate::config::FetchConfig;
use crate::destination::{AddressGuard, is_forbidden};
use crate::providers::RetryAdvice;
use crate::providers::http_client::{self, Tls};

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads pages.
pub struct Fetcher {
    client: Client,
    guard: AddressGuard,
    max_bytes: usize,
    timeout: Duration,
}

/// Pages cannot be read on this machine.
#[derive(Debug, Error)]
#[error("the HTTP client for pages cannot be made")]
pub struct FetcherError(#[from] reqwest::Error);

/// A page could not be read. Its text holds no address: it may have credentials in it.
#[derive(Debug, Error)]
enum FetchError {
    #[error("the address is not an http or https address")]
    NotWeb,
    #[error("the address is in a private network and is not allow-listed")]
    Forbidden,
    #[error("the page could not be reached")]
    Unreachable,
    #[error("the page did not come within {0:?}")]
    Timeout(Duration),
    #[error("the page answered with status {0}")]
    Status(StatusCode, Option<Duration>),
    #[error("the page redirects more than {MAX_REDIRECTS} times")]
    TooManyRedirects,
    #[error("the page has more than {0} bytes")]
    TooLarge(usize),
    #[error("the page is not text")]
    NotText,
}

impl Fetcher {
    /// # Errors
    /// [`FetcherError`]
    pub fn new(config: &FetchConfig) -> Result<Self, FetcherError> {
        let guard = AddressGuard::new(config.allow_addresses.clone());
        // No proxy: it would resolve the names in our place.
        let build = |tls| {
            let resolver = Arc::new(guard.clone());
            http_client::builder(CONNECT_TIMEOUT, tls).no_proxy().dns_resolver(resolver).build()
        };
        let client = build(Tls::System).or_else(|_| build(Tls::Unused))?;
        let max_bytes = usize::try_from(config.max_bytes).unwrap_or(usize::MAX);
        Ok(Self { client, guard, max_bytes, timeout: config.timeout })
    }

    async fn get(&self, address: &str) -> Result<Response, FetchError> {
        let mut url: Url = address.parse().map_err(|_| FetchError::NotWeb)?;
        for _ in 0..=MAX_REDIRECTS {
            if !matches!(url.scheme(), "http" | "https") {
                return Err(FetchError::NotWeb);
            }
            self.guard.check(&url).map_err(|_| FetchError::Forbidden)?;
            let response = self.client.get(url.clone()).send().await.map_err(|error| reason(&error))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = text_of(response.headers(), LOCATION.as_str()).unwrap_or_default();
            url = url.join(&location).map_err(|_| FetchError::NotWeb)?;
        }
        Err(FetchError::TooManyRedirects)
    }

    async fn read(&self, payload: &FetchPayload) -> Result<Value, FetchError> {
        let response = self.get(&payload.url).await?;
        let status = response.status();
        if !status.is_success() {
            let wait = text_of(response.headers(), RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
            return Err(FetchError::Status(status, wait.map(Duration::from_secs)));
        }
        let url = response.url().to_string();
        let content_type = text_of(response.headers(), CONTENT_TYPE.as_str()).unwrap_or_default();
        let own = payload.max_bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let bytes = body(response, own.unwrap_or(self.max_bytes).min(self.max_bytes)).await?;
        let text = String::from_utf8(bytes).map_err(|_| FetchError::NotText)?;
        Ok(json!({ "url": url, "status": status.as_u16(), "content_type": content_type, "text": text }))
    }
}

/// Reads the page, and cuts it where the step asks for parts.
pub(super) async fn run(fetcher: &Fetcher, payload: FetchPayload) -> Result<Value, Failure> {
    let reading = tokio::time::timeout(fetcher.timeout, fetcher.read(&payload));
    let mut page = reading.await.unwrap_or(Err(FetchError::Timeout(fetcher.timeout)))?;
    let (Some(parts), Some(object)) = (payload.parts, page.as_object_mut()) else { return Ok(page) };
    let text = object.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    // Like a split: not on a thread that serves others.
    let cutting = tokio::task::spawn_blocking(move || parts.of(&text));
    let parts = cutting.await.map_err(|_| Failure::from(FetchError::NotText))??;
    object.insert("parts".to_owned(), Value::from(parts));
    Ok(page)
}

async fn body(response: Response, max_bytes: usize) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| reason(&error))?;
        if bytes.len().saturating_add(piece.len()) > max_bytes {
            return Err(FetchError::TooLarge(max_bytes));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn reason(error: &reqwest::Error) -> FetchError {
    if is_forbidden(error) {
        FetchError::Forbidden
    } else if error.is_timeout() {
        FetchError::Timeout(CONNECT_TIMEOUT)
    } else {
        FetchError::Unreachable
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        let (code, advice) = match &error {
            FetchError::NotWeb
            | FetchError::Forbidden
            | FetchError::TooManyRedirects
            | FetchError::NotText => (ErrorCode::InvalidRequest, RetryAdvice::Never),
            FetchError::TooLarge(_) => (ErrorCode::PayloadTooLarge, RetryAdvice::Never),
            FetchError::Unreachable => (ErrorCode::ProviderUnavailable, RetryAdvice::Backoff),
            FetchError::Timeout(_) => (ErrorCode::ProviderTimeout, RetryAdvice::Backoff),
            FetchError::Status(status, wait) if *status == StatusCode::TOO_MANY_REQUESTS => {
                (ErrorCode::ProviderRateLimited, wait.map_or(RetryAdvice::Backoff, RetryAdvice::After))
            }
            FetchError::Status(status, wait) if status.is_server_error() => {
                (ErrorCode::ProviderFailed, wait.map_or(RetryAdvice::Backoff, RetryAdvice::After))
            }
            FetchError::Status(..) => (ErrorCode::ProviderRejected, RetryAdvice::Never),
        };
        Self { error: JobError { code, message: error.to_string() }, advice }
    }
}
