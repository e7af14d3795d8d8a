//! What a site fetches: the results that it was not told of, and long answers in parts.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::clock::Timestamp;
use crate::job::{JobId, SiteId};

/// The body of [`Tag::Results`](super::Tag::Results).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsRequest {
    /// Whose results.
    pub site: SiteId,
    /// The cursor of the last page that was handed out, which acknowledges what was on it; 0 for none.
    pub since: u64,
    /// At most so many, up to 100; 0 only asks how the site's webhooks stand.
    pub limit: u32,
    /// How long to wait for a result when there is none, in milliseconds; at most 60 000.
    pub wait_ms: u64,
}

impl ResultsRequest {
    /// The wait as a duration.
    pub fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms)
    }
}

/// The body of [`Tag::ReadAnswer`](super::Tag::ReadAnswer).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAnswer {
    /// Whose job it is; a job of another site is not found.
    pub site: SiteId,
    /// The job.
    pub job_id: JobId,
    /// Where the part begins, in bytes of the text: 0, or the `next_offset` of the part before.
    pub offset: u64,
}

/// The body of [`Tag::ResultPage`](super::Tag::ResultPage).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultPage {
    /// The events that the site was not told of yet, oldest first.
    pub results: Vec<ResultEvent>,
    /// What acknowledges this page, as the `since` of the next request.
    pub cursor: u64,
    /// Whether there is another page at once.
    pub has_more: bool,
    /// How the site's webhooks stand.
    pub webhooks: EndpointReport,
}

/// One end of a job, as its webhook tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResultEvent {
    /// The `webhook-id`: the same event has it whichever way it comes.
    pub id: String,
    /// The webhook's body.
    pub event: Box<RawValue>,
}

impl PartialEq for ResultEvent {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.event.get() == other.event.get()
    }
}

/// How the webhooks of a site stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointReport {
    /// Whether they are sent.
    pub status: EndpointStatus,
    /// Since when; `null` when that was never changed.
    pub since: Option<Timestamp>,
    /// How many wait to be delivered.
    pub waiting: u64,
    /// What was wrong with the last try of one that waits.
    pub last_error: Option<String>,
}

/// Whether webhooks are sent to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointStatus {
    /// They are.
    On,
    /// An operator turned them off.
    Off,
    /// The site answered 410.
    Gone,
}

impl EndpointStatus {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::On, Self::Off, Self::Gone];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Gone => "gone",
        }
    }
}

impl std::str::FromStr for EndpointStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(())
    }
}

/// The body of [`Tag::AnswerPart`](super::Tag::AnswerPart): all of an answer but its text, and a part of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerPart {
    /// The job.
    pub job_id: JobId,
    /// This part of the text.
    pub text: String,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Where the next part begins; `null` after the last.
    pub next_offset: Option<u64>,
    /// The length of the whole text, in bytes.
    pub total_bytes: u64,
    /// See [`Answer`](crate::job::Answer).
    pub finish_reason: String,
    /// See [`Answer`](crate::job::Answer).
    pub model: String,
    /// See [`Answer`](crate::job::Answer).
    pub provider: String,
}
