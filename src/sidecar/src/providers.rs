//! The model providers: one trait, one folder per wire format, one HTTP client for all of them.
//!
//! Whatever a provider sends, the rest of the daemon sees [`CompletionEvent`]s and [`ProviderError`]s; the
//! wire formats are private to their folders.

mod error;
mod provider;

pub use error::{ProviderError, RetryAdvice};
pub use provider::{
    CompletionEvent, CompletionRequest, CompletionStream, Finish, FinishReason, Provider, ProviderFuture,
};
