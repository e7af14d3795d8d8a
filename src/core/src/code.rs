//! The stable machine-readable codes of every failure, the same on the socket, in HTTP bodies, in PHP
//! exceptions, in job rows and in logs. The text of a message may change; a code never does.

use serde::{Deserialize, Serialize};

/// Names one kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// An argument or a field is missing, of the wrong type or out of its range.
    InvalidRequest,
    /// The input is larger than its documented limit, or its result than the memory of PHP has room for.
    PayloadTooLarge,
    /// The other side speaks another version of the socket protocol.
    UnsupportedVersion,
    /// The frame's tag is not known to this version.
    UnknownRequest,
    /// The process on the other end of the socket may not use it.
    PeerNotAllowed,
    /// No site with this id was added to the daemon.
    UnknownSite,
    /// The site has no job with this id.
    JobNotFound,
    /// The idempotency key was used before with another body.
    IdempotencyConflict,
    /// The job's status does not allow this change.
    InvalidTransition,
    /// The limit of requests is reached; a waiting time comes with it.
    RateLimited,
    /// The store cannot take the job now (disk full, locked).
    StoreUnavailable,
    /// The daemon is shutting down and takes no new work.
    Draining,
    /// There is no room for one more of its kind now; another try may find some.
    Busy,
    /// The site has no reservation with this id.
    ReservationNotFound,
    /// A fault of ours. The log has the details.
    Internal,
    /// The functions in PHP cannot do this; the extension can.
    ExtensionRequired,

    /// Nothing listens on the socket, or the connection broke.
    DaemonUnavailable,
    /// The daemon did not answer within the deadline.
    DeadlineExceeded,

    /// A key is missing, too short or not of the documented form.
    InvalidKey,
    /// A signature does not belong to the data.
    InvalidSignature,
    /// The signed time is outside the tolerance.
    TimestampOutOfTolerance,
    /// A token is malformed or one of its claims does not hold.
    InvalidToken,
    /// A token's `exp` has passed.
    TokenExpired,
    /// A token's `nbf` or `iat` lies in the future.
    TokenNotYetValid,
    /// A one-time token was redeemed before.
    TokenUsed,
    /// The token names another algorithm than the pinned one.
    UnsupportedAlgorithm,
    /// The token names no key, or none that is known.
    UnknownKey,

    /// The model name is neither an alias nor allowed.
    UnknownModel,
    /// The provider could not be reached.
    ProviderUnavailable,
    /// The provider did not answer in time.
    ProviderTimeout,
    /// The provider answered 5xx.
    ProviderFailed,
    /// The provider refused the request as invalid (4xx).
    ProviderRejected,
    /// The provider refused the daemon's credentials.
    ProviderAuth,
    /// The provider's rate limit is reached; waiting helps.
    ProviderRateLimited,
    /// The provider's quota or credit is used up; waiting does not help.
    ProviderQuotaExhausted,
    /// The provider's moderation refused the content.
    ProviderModerated,
    /// The provider sent something that is not its documented format.
    ProviderMalformed,
    /// The provider's stream ended before its final event.
    ProviderTruncated,
    /// The answer grew past the size limit of one job.
    AnswerTooLarge,
    /// The job took the daemon down too often.
    Poison,
    /// The definition of a workflow is not well formed; the message names the place in it.
    InvalidWorkflow,
    /// Nobody configured the workflow.
    UnknownWorkflow,
    /// A schedule's cron expression or time zone is not one.
    InvalidSchedule,
}

impl ErrorCode {
    /// The code as it is written everywhere: lower case with underscores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedVersion => "unsupported_version",
            Self::UnknownRequest => "unknown_request",
            Self::PeerNotAllowed => "peer_not_allowed",
            Self::UnknownSite => "unknown_site",
            Self::JobNotFound => "job_not_found",
            Self::IdempotencyConflict => "idempotency_conflict",
            Self::InvalidTransition => "invalid_transition",
            Self::RateLimited => "rate_limited",
            Self::StoreUnavailable => "store_unavailable",
            Self::Draining => "draining",
            Self::Busy => "busy",
            Self::ReservationNotFound => "reservation_not_found",
            Self::Internal => "internal",
            Self::ExtensionRequired => "extension_required",
            Self::DaemonUnavailable => "daemon_unavailable",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::InvalidKey => "invalid_key",
            Self::InvalidSignature => "invalid_signature",
            Self::TimestampOutOfTolerance => "timestamp_out_of_tolerance",
            Self::InvalidToken => "invalid_token",
            Self::TokenExpired => "token_expired",
            Self::TokenNotYetValid => "token_not_yet_valid",
            Self::TokenUsed => "token_used",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::UnknownKey => "unknown_key",
            Self::UnknownModel => "unknown_model",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderTimeout => "provider_timeout",
            Self::ProviderFailed => "provider_failed",
            Self::ProviderRejected => "provider_rejected",
            Self::ProviderAuth => "provider_auth",
            Self::ProviderRateLimited => "provider_rate_limited",
            Self::ProviderQuotaExhausted => "provider_quota_exhausted",
            Self::ProviderModerated => "provider_moderated",
            Self::ProviderMalformed => "provider_malformed",
            Self::ProviderTruncated => "provider_truncated",
            Self::AnswerTooLarge => "answer_too_large",
            Self::Poison => "poison",
            Self::InvalidWorkflow => "invalid_workflow",
            Self::UnknownWorkflow => "unknown_workflow",
            Self::InvalidSchedule => "invalid_schedule",
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serialised_form_is_the_documented_string() {
        for code in
            [ErrorCode::InvalidRequest, ErrorCode::IdempotencyConflict, ErrorCode::ProviderRateLimited]
        {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{}\"", code.as_str()));
        }
    }
}
