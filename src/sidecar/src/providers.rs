//! The model providers: one trait, one folder per wire format, one HTTP client for all of them.
//!
//! Whatever a provider sends, the rest of the daemon sees [`CompletionEvent`]s and [`ProviderError`]s; the
//! wire formats are private to their folders. Retrying is the caller's part: a provider tries once.

mod error;
mod provider;

mod anthropic;
mod offline;
mod openai;

mod event_stream;
pub(crate) mod http_client;
mod refusal;
mod request;

use std::collections::HashMap;
use std::sync::Arc;

use platen_core::clock::Clock;
use thiserror::Error;

pub use error::{MalformedEvent, ProviderError, Refusal, RetryAdvice, TransportError};
pub use provider::{
    CompletionEvent, CompletionRequest, CompletionStream, Finish, FinishReason, Provider, ProviderFuture,
};

use crate::config::{ProviderConfig, ProviderKind};

/// A configured provider cannot be used.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The HTTP client cannot be made: the system's TLS roots cannot be read.
    #[error("the HTTP client of provider {provider} cannot be made")]
    Client {
        /// The provider's name.
        provider: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The key has line breaks or other characters that no header may have.
    #[error("the key of provider {provider} holds characters that no HTTP header may have")]
    Key {
        /// The provider's name.
        provider: String,
    },
}

impl BuildError {
    fn client(provider: &str, source: reqwest::Error) -> Self {
        Self::Client { provider: provider.to_owned(), source }
    }

    fn key(provider: &str) -> Self {
        Self::Key { provider: provider.to_owned() }
    }
}

/// Makes the configured providers, by their names.
///
/// # Errors
/// [`BuildError`] names the first one that cannot be used.
pub fn build(
    configs: &[ProviderConfig],
    clock: &Arc<dyn Clock>,
) -> Result<HashMap<String, Arc<dyn Provider>>, BuildError> {
    configs.iter().map(|config| Ok((config.name.clone(), build_one(config, clock)?))).collect()
}

fn build_one(config: &ProviderConfig, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>, BuildError> {
    Ok(match config.kind {
        ProviderKind::Openai => Arc::new(openai::OpenAi::new(config, Arc::clone(clock))?),
        ProviderKind::Anthropic => Arc::new(anthropic::Anthropic::new(config, Arc::clone(clock))?),
        ProviderKind::Offline => Arc::new(offline::Offline::new(config)),
    })
}
