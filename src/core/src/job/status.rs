use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a job stands in its life. The words are the same in Rust, SQL, JSON, PHP, REST and metrics.
///
/// ```text
/// queued ──lease──► running ──succeed──► succeeded
///   ▲  │               │ │
///   │  └──cancel──┐    │ └──give up────► dead ──replay──► queued
///   │             ▼    │
///   └──retry───cancelled◄─cancel
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Durable and waiting for its turn or for a retry.
    Queued,
    /// A worker holds the lease and calls the provider.
    Running,
    /// Ended with an answer.
    Succeeded,
    /// Ended without one after the last try; kept as a dead letter that can be replayed.
    Dead,
    /// Ended by request.
    Cancelled,
}

/// A status change that the life of a job does not have.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("a {from} job cannot become {to}")]
pub struct InvalidTransition {
    from: JobStatus,
    to: JobStatus,
}

impl JobStatus {
    /// Every status, in the order of a job's life.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Succeeded, Self::Dead, Self::Cancelled];

    /// The word for this status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the job has ended. A dead job may be replayed, which starts a new life.
    pub fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Succeeded | Self::Dead | Self::Cancelled => true,
        }
    }

    /// Checks one step of the life.
    ///
    /// # Errors
    /// [`InvalidTransition`] when the step is not in the diagram of [`JobStatus`].
    pub fn transition(self, to: Self) -> Result<Self, InvalidTransition> {
        let is_allowed = match self {
            Self::Queued => matches!(to, Self::Running | Self::Cancelled),
            Self::Running => matches!(to, Self::Queued | Self::Succeeded | Self::Dead | Self::Cancelled),
            Self::Dead => matches!(to, Self::Queued),
            Self::Succeeded | Self::Cancelled => false,
        };
        if is_allowed { Ok(to) } else { Err(InvalidTransition { from: self, to }) }
    }
}

impl std::str::FromStr for JobStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(())
    }
}

impl std::fmt::Display for JobStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_job_only_starts_again_from_the_dead_letters() {
        for from in JobStatus::ALL.into_iter().filter(|status| status.is_final()) {
            for to in JobStatus::ALL {
                let is_replay = from == JobStatus::Dead && to == JobStatus::Queued;

                assert_eq!(from.transition(to).is_ok(), is_replay, "{from} to {to}");
            }
        }
    }

    #[test]
    fn the_word_parses_back() {
        for status in JobStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }
}
