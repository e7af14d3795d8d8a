//! Anthropic's messages.

mod convert;
mod stream;
mod wire;

use std::sync::Arc;

use platen_core::clock::Clock;
use reqwest::header::{HeaderName, HeaderValue};

use self::stream::MessageDecoder;
use super::http_client::HttpClient;
use super::request::{self, secret_header};
use super::{BuildError, CompletionRequest, Provider, ProviderFuture, event_stream};
use crate::config::ProviderConfig;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const VERSION: HeaderName = HeaderName::from_static("anthropic-version");

/// The version of the API that the wire structs describe. New versions are opt-in.
const VERSION_VALUE: HeaderValue = HeaderValue::from_static("2023-06-01");

/// Speaks the messages API to one base address.
pub(super) struct Anthropic {
    name: String,
    http: HttpClient,
    url: String,
    api_key: Option<HeaderValue>,
}

impl Anthropic {
    /// # Errors
    /// See [`BuildError`].
    pub(super) fn new(config: &ProviderConfig, clock: Arc<dyn Clock>) -> Result<Self, BuildError> {
        let api_key = match &config.api_key {
            Some(key) => Some(secret_header("", key).ok_or_else(|| BuildError::key(&config.name))?),
            None => None,
        };
        let http = HttpClient::new(&config.base_url, config.timeouts, clock)
            .map_err(|source| BuildError::client(&config.name, source))?;
        let url = format!("{}/v1/messages", config.base_url);
        Ok(Self { name: config.name.clone(), http, url, api_key })
    }
}

impl Provider for Anthropic {
    fn name(&self) -> &str {
        &self.name
    }

    fn complete(&self, request: CompletionRequest) -> ProviderFuture<'_> {
        Box::pin(async move {
            let mut http = request::post(self.http.client(), &self.url, &request)
                .header(VERSION, VERSION_VALUE)
                .json(&convert::request(&request));
            if let Some(key) = &self.api_key {
                http = http.header(API_KEY, key);
            }
            let body = self.http.open_stream(request::build(http)?).await?;
            Ok(event_stream::read(body, MessageDecoder::new(request.model)))
        })
    }
}
