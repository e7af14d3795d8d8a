use serde::{Deserialize, Serialize};

use crate::code::ErrorCode;

/// Why a job is dead, in one word: what an operator filters dead letters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The provider failed on its side.
    #[serde(rename = "provider_5xx")]
    Provider5xx,
    /// The provider's rate limit is reached.
    #[serde(rename = "provider_429")]
    Provider429,
    /// The provider could not be reached, or its answer was cut.
    ProviderUnreachable,
    /// The provider's answer was not in its documented format, or too long.
    ProviderMalformed,
    /// The provider refused the daemon's key.
    ProviderAuth,
    /// The provider did not answer in time.
    Timeout,
    /// The request can never succeed as it is.
    InvalidRequest,
    /// Nobody configured the model.
    UnknownModel,
    /// The content was refused by moderation.
    Moderated,
    /// A quota or credit at the provider is used up.
    Budget,
    /// The daemon ended too often while it worked on the job.
    Poison,
    /// The job had not ended by its deadline.
    Deadline,
    /// A fault of the daemon.
    Internal,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 13] = [
        Self::Provider5xx,
        Self::Provider429,
        Self::ProviderUnreachable,
        Self::ProviderMalformed,
        Self::ProviderAuth,
        Self::Timeout,
        Self::InvalidRequest,
        Self::UnknownModel,
        Self::Moderated,
        Self::Budget,
        Self::Poison,
        Self::Deadline,
        Self::Internal,
    ];

    /// The word for this cause, as on the command line and in the `cause` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider5xx => "provider_5xx",
            Self::Provider429 => "provider_429",
            Self::ProviderUnreachable => "provider_unreachable",
            Self::ProviderMalformed => "provider_malformed",
            Self::ProviderAuth => "provider_auth",
            Self::Timeout => "timeout",
            Self::InvalidRequest => "invalid_request",
            Self::UnknownModel => "unknown_model",
            Self::Moderated => "moderated",
            Self::Budget => "budget",
            Self::Poison => "poison",
            Self::Deadline => "deadline",
            Self::Internal => "internal",
        }
    }

    /// The cause that a job's last error stands for. Decided by the code alone, never by the message.
    pub fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::ProviderFailed => Self::Provider5xx,
            ErrorCode::ProviderRateLimited => Self::Provider429,
            ErrorCode::ProviderUnavailable | ErrorCode::ProviderTruncated => Self::ProviderUnreachable,
            ErrorCode::ProviderMalformed | ErrorCode::AnswerTooLarge => Self::ProviderMalformed,
            ErrorCode::ProviderAuth => Self::ProviderAuth,
            ErrorCode::ProviderTimeout => Self::Timeout,
            ErrorCode::ProviderRejected | ErrorCode::InvalidRequest | ErrorCode::PayloadTooLarge => {
                Self::InvalidRequest
            }
            ErrorCode::UnknownModel => Self::UnknownModel,
            ErrorCode::ProviderModerated => Self::Moderated,
            ErrorCode::ProviderQuotaExhausted => Self::Budget,
            ErrorCode::Poison => Self::Poison,
            ErrorCode::DeadlineExceeded => Self::Deadline,
            // No other code ends a job, so any of them is a fault of ours.
            _ => Self::Internal,
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Cause {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_reads_back_from_its_word_in_every_form() {
        for cause in Cause::ALL {
            assert_eq!(cause.as_str().parse(), Ok(cause));
            assert_eq!(serde_json::to_string(&cause).unwrap(), format!("\"{cause}\""));
        }
    }
}
