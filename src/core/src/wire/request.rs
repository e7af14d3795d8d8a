use std::time::Duration;

use serde::{Deserialize, Serialize};

use serde_json::value::RawValue;

use super::{ReadAnswer, ResultsRequest, Tag};
use crate::budget::{BudgetPeriod, BudgetUnit};
use crate::job::{JobId, JobSpec, SiteId};

/// The body of [`Tag::Submit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submit {
    /// Whose job it is.
    pub site: SiteId,
    /// The job.
    pub job: JobSpec,
}

/// The body of [`Tag::SubmitMany`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubmitMany {
    /// Whose jobs they are.
    pub site: SiteId,
    /// The jobs, 1 to 256, each still as text: one that cannot be read must not take the others with it.
    pub jobs: Vec<Box<RawValue>>,
}

impl PartialEq for SubmitMany {
    fn eq(&self, other: &Self) -> bool {
        let texts = |batch: &Self| batch.jobs.iter().map(|job| job.get().to_owned()).collect::<Vec<_>>();
        self.site == other.site && texts(self) == texts(other)
    }
}

/// The body of [`Tag::Wait`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitRequest {
    /// Whose job it is; a job of another site is not found.
    pub site: SiteId,
    /// The job.
    pub job_id: JobId,
    /// How long to wait for its end, in milliseconds; at most 60 000.
    pub wait_ms: u64,
}

/// The body of [`Tag::Reserve`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetRequest {
    /// Whose budget it is.
    pub site: SiteId,
    /// Whom the budget is for, unique within the site (`user:1`). 1 to 191 bytes.
    pub key: String,
    /// What the amounts count.
    pub unit: BudgetUnit,
    /// When the budget begins anew.
    pub period: BudgetPeriod,
    /// The whole budget of a period.
    pub limit: u64,
    /// How much of it to hold.
    pub amount: u64,
    /// Chosen by the caller, unique within the site: the same id gives the same reservation, never a second one.
    pub reservation_id: String,
    /// After how many seconds the amount is free again if it was not settled.
    pub ttl_s: u64,
}

impl BudgetRequest {
    /// How long the amount is held.
    pub fn ttl(&self) -> Duration {
        Duration::from_secs(self.ttl_s)
    }
}

/// The body of [`Tag::Settle`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleRequest {
    /// Whose reservation it is.
    pub site: SiteId,
    /// See [`BudgetRequest::reservation_id`].
    pub reservation_id: String,
    /// What was really used.
    pub amount: u64,
}

/// The body of every request about one job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRef {
    /// Whose job it is; a job of another site is not found.
    pub site: SiteId,
    /// The job.
    pub job_id: JobId,
}

/// The body of [`Tag::RateLimit`]: takes `cost` of `limit` requests per `window_ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateRequest {
    /// Whose limit it is.
    pub site: SiteId,
    /// What is limited, unique within the site (`chat:user:1`). 1 to 191 bytes.
    pub key: String,
    /// How many requests the window allows, at least 1.
    pub limit: u32,
    /// The window, in milliseconds, at least 1.
    pub window_ms: u64,
    /// How many this request counts for; 0 only looks.
    pub cost: u32,
}

impl RateRequest {
    /// The window as a duration.
    pub fn window(&self) -> Duration {
        Duration::from_millis(self.window_ms)
    }
}

/// A request, decoded.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// See [`Tag::Ping`].
    Ping,
    /// See [`Tag::Submit`].
    Submit(Box<Submit>),
    /// See [`Tag::Status`].
    Status(JobRef),
    /// See [`Tag::Cancel`].
    Cancel(JobRef),
    /// See [`Tag::Retry`].
    Retry(JobRef),
    /// See [`Tag::Trace`].
    Trace(JobRef),
    /// See [`Tag::RateLimit`].
    RateLimit(RateRequest),
    /// See [`Tag::Accept`].
    Accept(Box<Submit>),
    /// See [`Tag::Push`].
    Push(Box<Submit>),
    /// See [`Tag::SubmitMany`].
    SubmitMany(SubmitMany),
    /// See [`Tag::Wait`].
    Wait(WaitRequest),
    /// See [`Tag::Reserve`].
    Reserve(BudgetRequest),
    /// See [`Tag::Settle`].
    Settle(SettleRequest),
    /// See [`Tag::Describe`].
    Describe,
    /// See [`Tag::Results`].
    Results(ResultsRequest),
    /// See [`Tag::ReadAnswer`].
    ReadAnswer(ReadAnswer),
}

impl Request {
    /// Decodes a request frame's body. `None` when the tag belongs to a reply.
    ///
    /// # Errors
    /// The JSON error when the body is not the documented shape.
    pub fn decode(tag: Tag, body: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match tag {
            Tag::Ping => Self::Ping,
            Tag::Submit => Self::Submit(serde_json::from_slice(body)?),
            Tag::Status => Self::Status(serde_json::from_slice(body)?),
            Tag::Cancel => Self::Cancel(serde_json::from_slice(body)?),
            Tag::Retry => Self::Retry(serde_json::from_slice(body)?),
            Tag::Trace => Self::Trace(serde_json::from_slice(body)?),
            Tag::RateLimit => Self::RateLimit(serde_json::from_slice(body)?),
            Tag::Accept => Self::Accept(serde_json::from_slice(body)?),
            Tag::Push => Self::Push(serde_json::from_slice(body)?),
            Tag::SubmitMany => Self::SubmitMany(serde_json::from_slice(body)?),
            Tag::Wait => Self::Wait(serde_json::from_slice(body)?),
            Tag::Reserve => Self::Reserve(serde_json::from_slice(body)?),
            Tag::Settle => Self::Settle(serde_json::from_slice(body)?),
            Tag::Describe => Self::Describe,
            Tag::Results => Self::Results(serde_json::from_slice(body)?),
            Tag::ReadAnswer => Self::ReadAnswer(serde_json::from_slice(body)?),
            Tag::Pong
            | Tag::Receipt
            | Tag::Job
            | Tag::Hops
            | Tag::RateDecision
            | Tag::Receipts
            | Tag::Reservation
            | Tag::Settlement
            | Tag::Description
            | Tag::ResultPage
            | Tag::AnswerPart
            | Tag::Refusal => return Ok(None),
        }))
    }

    /// The tag and the JSON body to send.
    ///
    /// # Errors
    /// The JSON error of a value that has no JSON form (a temperature that is not a number).
    pub fn encode(&self) -> Result<(Tag, Vec<u8>), serde_json::Error> {
        Ok(match self {
            Self::Ping => (Tag::Ping, b"{}".to_vec()),
            Self::Submit(body) => (Tag::Submit, serde_json::to_vec(body)?),
            Self::Status(body) => (Tag::Status, serde_json::to_vec(body)?),
            Self::Cancel(body) => (Tag::Cancel, serde_json::to_vec(body)?),
            Self::Retry(body) => (Tag::Retry, serde_json::to_vec(body)?),
            Self::Trace(body) => (Tag::Trace, serde_json::to_vec(body)?),
            Self::RateLimit(body) => (Tag::RateLimit, serde_json::to_vec(body)?),
            Self::Accept(body) => (Tag::Accept, serde_json::to_vec(body)?),
            Self::Push(body) => (Tag::Push, serde_json::to_vec(body)?),
            Self::SubmitMany(body) => (Tag::SubmitMany, serde_json::to_vec(body)?),
            Self::Wait(body) => (Tag::Wait, serde_json::to_vec(body)?),
            Self::Reserve(body) => (Tag::Reserve, serde_json::to_vec(body)?),
            Self::Settle(body) => (Tag::Settle, serde_json::to_vec(body)?),
            Self::Describe => (Tag::Describe, b"{}".to_vec()),
            Self::Results(body) => (Tag::Results, serde_json::to_vec(body)?),
            Self::ReadAnswer(body) => (Tag::ReadAnswer, serde_json::to_vec(body)?),
        })
    }
}

/// What is wrong with a body, without repeating text of it: messages that quote a value are left out.
pub fn describe_invalid(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let quotes_a_value = text.contains('"') || text.contains("unknown variant");
    match (quotes_a_value, error.line()) {
        (false, _) => text,
        // Of a value that was parsed already.
        (true, 0) => "a value is of the wrong type or form".to_owned(),
        (true, line) => {
            format!("a value is of the wrong type or form at line {line}, column {}", error.column())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_is_missing_but_repeats_no_text() {
        let error = |json: &str| match Request::decode(Tag::Status, json.as_bytes()) {
            Err(error) => describe_invalid(&error),
            Ok(_) => panic!("{json} was taken"),
        };

        assert!(error(r#"{"site": "demo"}"#).contains("job_id"));
        assert!(!error(r#"{"site": ["my secret question"], "job_id": 1}"#).contains("question"));
        assert!(!error(r#"{"site": "demo", "job_id": {"a": "question"}}"#).contains("question"));
    }
}
