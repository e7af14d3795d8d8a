//! Why a call of a provider failed, what to call it, and whether to try again.

use std::time::Duration;

use platen_core::code::ErrorCode;
use thiserror::Error;

/// A failed call. Its text holds statuses, codes and durations, never a key, a prompt or an address with
/// credentials: it is written to logs, job rows and webhooks.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// The call cannot be written as an HTTP request: a fault of ours.
    #[error("the call cannot be sent")]
    InvalidCall(#[source] TransportError),
    /// No connection: name resolution, refused, TLS.
    #[error("provider could not be reached")]
    Unreachable(#[source] TransportError),
    /// The connection broke in the middle of an answer.
    #[error("provider closed the connection in the middle of its answer")]
    Disconnected(#[source] TransportError),
    /// No connection within the time for it.
    #[error("provider did not accept a connection within {0:?}")]
    ConnectTimeout(Duration),
    /// No status line within the time for it.
    #[error("provider did not begin to answer within {0:?}")]
    FirstByteTimeout(Duration),
    /// Silence in the middle of an answer.
    #[error("provider sent nothing for {0:?} in the middle of its answer")]
    IdleTimeout(Duration),
    /// 5xx, 408, 409, or an error event of that kind inside a stream.
    #[error("provider failed with {0}")]
    Failed(Refusal),
    /// 529, or an error event that says overloaded.
    #[error("provider is overloaded: {0}")]
    Overloaded(Refusal),
    /// 429: too many requests or tokens for now.
    #[error("provider limits the rate: {0}")]
    RateLimited(Refusal),
    /// 429 that waiting does not cure: no credit left.
    #[error("provider's quota is used up: {0}")]
    QuotaExhausted(Refusal),
    /// A refusal that names the content as its reason.
    #[error("provider's moderation refused the content: {0}")]
    Moderated(Refusal),
    /// An answer without any text that ended because of the provider's filter.
    #[error("provider's filter left nothing of the answer")]
    Withheld,
    /// 401 or 403.
    #[error("provider refused the credentials: {0}")]
    Unauthorized(Refusal),
    /// Any other 4xx, and redirects.
    #[error("provider refused the request: {0}")]
    Rejected(Refusal),
    /// 200 with something else than a stream of events.
    #[error("provider answered with something else than a stream of events")]
    NotAStream,
    /// An event that is not JSON of the documented shape.
    #[error("provider sent an event that is not the documented shape")]
    Malformed(#[source] MalformedEvent),
    /// The body ended before its final event.
    #[error("provider's stream ended before its final event")]
    Truncated,
    /// More text than a job may keep.
    #[error("provider's answer is longer than {limit_bytes} bytes")]
    AnswerTooLarge {
        /// The limit that was passed.
        limit_bytes: usize,
    },
}

/// How the provider itself describes a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; absent for an error event inside a stream that began with 200.
    pub status: Option<u16>,
    /// The provider's own code or type (`insufficient_quota`, `overloaded_error`), when it is a plain word.
    pub reason: Option<String>,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
    /// The provider's word on whether a retry helps (`x-should-retry`); wins over the status.
    pub should_retry: Option<bool>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.status, &self.reason) {
            (Some(status), Some(reason)) => write!(f, "status {status} ({reason})"),
            (Some(status), None) => write!(f, "status {status}"),
            (None, Some(reason)) => write!(f, "an error event ({reason})"),
            (None, None) => f.write_str("an error event"),
        }
    }
}

/// The cause below HTTP, without the address: its text could hold credentials.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct TransportError(reqwest::Error);

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        Self(error.without_url())
    }
}

/// What is wrong with an event. The parser's own text is not kept: it quotes the event, and so the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{problem} at byte {column}")]
pub struct MalformedEvent {
    problem: &'static str,
    column: usize,
}

impl From<serde_json::Error> for MalformedEvent {
    fn from(error: serde_json::Error) -> Self {
        let problem = match error.classify() {
            serde_json::error::Category::Io => "unreadable",
            serde_json::error::Category::Syntax => "not JSON",
            serde_json::error::Category::Data => "another shape",
            serde_json::error::Category::Eof => "cut-off JSON",
        };
        Self { problem, column: error.column() }
    }
}

/// Whether the same call may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAdvice {
    /// It fails again.
    Never,
    /// After the caller's own backoff.
    Backoff,
    /// Not before this has passed.
    After(Duration),
}

impl ProviderError {
    pub(super) fn malformed(error: serde_json::Error) -> Self {
        Self::Malformed(error.into())
    }

    pub(super) fn too_large(limit_bytes: usize) -> Self {
        Self::AnswerTooLarge { limit_bytes }
    }

    /// The stable code for machines.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidCall(_) => ErrorCode::Internal,
            Self::Unreachable(_) | Self::Disconnected(_) => ErrorCode::ProviderUnavailable,
            Self::ConnectTimeout(_) | Self::FirstByteTimeout(_) | Self::IdleTimeout(_) => {
                ErrorCode::ProviderTimeout
            }
            Self::Failed(_) | Self::Overloaded(_) => ErrorCode::ProviderFailed,
            Self::RateLimited(_) => ErrorCode::ProviderRateLimited,
            Self::QuotaExhausted(_) => ErrorCode::ProviderQuotaExhausted,
            Self::Moderated(_) | Self::Withheld => ErrorCode::ProviderModerated,
            Self::Unauthorized(_) => ErrorCode::ProviderAuth,
            Self::Rejected(_) => ErrorCode::ProviderRejected,
            Self::NotAStream | Self::Malformed(_) => ErrorCode::ProviderMalformed,
            Self::Truncated => ErrorCode::ProviderTruncated,
            Self::AnswerTooLarge { limit_bytes: _ } => ErrorCode::AnswerTooLarge,
        }
    }

    /// Whether and when to try again.
    pub fn retry(&self) -> RetryAdvice {
        match self {
            Self::Unreachable(_)
            | Self::Disconnected(_)
            | Self::ConnectTimeout(_)
            | Self::FirstByteTimeout(_)
            | Self::IdleTimeout(_)
            | Self::NotAStream
            | Self::Malformed(_)
            | Self::Truncated => RetryAdvice::Backoff,
            Self::Failed(refusal) | Self::Overloaded(refusal) | Self::RateLimited(refusal) => {
                refusal.advice(RetryAdvice::Backoff)
            }
            Self::Unauthorized(refusal) | Self::Rejected(refusal) => refusal.advice(RetryAdvice::Never),
            Self::InvalidCall(_)
            | Self::QuotaExhausted(_)
            | Self::Moderated(_)
            | Self::Withheld
            | Self::AnswerTooLarge { limit_bytes: _ } => RetryAdvice::Never,
        }
    }
}

impl Refusal {
    fn advice(&self, by_status: RetryAdvice) -> RetryAdvice {
        let is_worth_it = self.should_retry.unwrap_or(by_status != RetryAdvice::Never);
        match (is_worth_it, self.retry_after) {
            (false, _) => RetryAdvice::Never,
            (true, Some(wait)) => RetryAdvice::After(wait),
            (true, None) => RetryAdvice::Backoff,
        }
    }
}
