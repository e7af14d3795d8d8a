//! What the daemon asks of a provider and what it gets back, in no provider's own words.

use std::pin::Pin;

use futures_util::Stream;
use platen_core::job::{Message, Usage};

use super::ProviderError;

/// Answers conversations. Held as `Arc<dyn Provider>` by the model table.
pub trait Provider: Send + Sync {
    /// The provider's name in the configuration; stands in answers, logs and metrics.
    fn name(&self) -> &str;

    /// Asks for one answer. The future ends when the provider has accepted the request; dropping it, or the
    /// stream it gives, closes the connection, so an abandoned answer costs nothing more.
    fn complete(&self, request: CompletionRequest) -> ProviderFuture<'_>;
}

/// The beginning of an answer: accepted, or refused.
pub type ProviderFuture<'a> =
    Pin<Box<dyn Future<Output = Result<CompletionStream, ProviderError>> + Send + 'a>>;

/// The answer as it arrives. Ends after [`CompletionEvent::Finished`] or the first error; a stream that ends
/// with neither does not exist.
pub type CompletionStream = Pin<Box<dyn Stream<Item = Result<CompletionEvent, ProviderError>> + Send>>;

/// One call of a model. `Debug` is not derived: it would print the prompt.
#[derive(Clone)]
pub struct CompletionRequest {
    /// The model by the provider's own name.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// The ceiling of the answer, in tokens; the provider's default when absent.
    pub max_output_tokens: Option<u32>,
    /// Sampling temperature, 0 to 2; the provider's default when absent.
    pub temperature: Option<f64>,
    /// Sent on as `X-Request-Id`.
    pub request_id: String,
    /// Sent on as `traceparent` (W3C Trace Context).
    pub traceparent: Option<String>,
}

/// One step of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionEvent {
    /// More text; never empty.
    Delta(String),
    /// The answer is complete. The last event of a stream.
    Finished(Finish),
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// The model that answered, by the provider's name for it.
    pub model: String,
    /// What it used; `None` when the provider does not tell. `cost_microusd` is set only by a provider that
    /// knows its price, so the caller prices the rest.
    pub usage: Option<Usage>,
}

/// Why a model stopped, in the words of [`Answer::finish_reason`](platen_core::job::Answer::finish_reason).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said everything, or met a stop sequence.
    Stop,
    /// It reached the ceiling of the answer or of its context.
    Length,
    /// The provider withheld the rest.
    ContentFilter,
    /// It asked for a tool.
    ToolCalls,
}

impl FinishReason {
    /// The word for the reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::ToolCalls => "tool_calls",
        }
    }
}
