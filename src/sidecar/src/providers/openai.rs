//! OpenAI's chat completions, and everything that speaks them: Azure, Mistral, Ollama, vLLM and gateways.

mod convert;
mod dialect;
mod stream;
mod wire;

use std::sync::Arc;

use platen_core::clock::Clock;
use platen_core::secret::Secret;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use self::dialect::Dialect;
use self::stream::ChatDecoder;
use super::http_client::HttpClient;
use super::request::{self, secret_header};
use super::{BuildError, CompletionRequest, Provider, ProviderFuture, event_stream};
use crate::config::ProviderConfig;

const AZURE_KEY: HeaderName = HeaderName::from_static("api-key");

/// Speaks chat completions to one base address.
pub(super) struct OpenAi {
    name: String,
    http: HttpClient,
    url: String,
    dialect: Dialect,
    credentials: Option<(HeaderName, HeaderValue)>,
}

impl OpenAi {
    /// # Errors
    /// See [`BuildError`].
    pub(super) fn new(config: &ProviderConfig, clock: Arc<dyn Clock>) -> Result<Self, BuildError> {
        let dialect = Dialect::of(&config.base_url);
        let credentials = match &config.api_key {
            Some(key) => Some(credentials(key, dialect).ok_or_else(|| BuildError::key(&config.name))?),
            None => None,
        };
        let http = HttpClient::new(&config.base_url, config.timeouts, clock)
            .map_err(|source| BuildError::client(&config.name, source))?;
        let url = format!("{}/chat/completions", config.base_url);
        Ok(Self { name: config.name.clone(), http, url, dialect, credentials })
    }
}

fn credentials(key: &Secret<String>, dialect: Dialect) -> Option<(HeaderName, HeaderValue)> {
    match dialect {
        Dialect::Azure => Some((AZURE_KEY, secret_header("", key)?)),
        Dialect::OpenAi | Dialect::Mistral | Dialect::Compatible => {
            Some((AUTHORIZATION, secret_header("Bearer ", key)?))
        }
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    fn complete(&self, request: CompletionRequest) -> ProviderFuture<'_> {
        Box::pin(async move {
            let mut http = request::post(self.http.client(), &self.url, &request)
                .json(&convert::request(&request, self.dialect));
            if let Some((name, value)) = &self.credentials {
                http = http.header(name, value);
            }
            let body = self.http.open_stream(request::build(http)?).await?;
            Ok(event_stream::read(body, ChatDecoder::new(request.model)))
        })
    }
}
