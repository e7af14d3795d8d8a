use serde::{Deserialize, Serialize};

use super::Tag;
use crate::code::ErrorCode;
use crate::job::{Hop, JobId, JobSnapshot, JobStatus};

/// The body of [`Tag::Pong`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// The daemon's version, as in its `--version`.
    pub version: String,
    /// The protocol version it speaks.
    pub protocol: u8,
    /// The daemon's process id.
    pub pid: u32,
    /// How long it has been up, in milliseconds.
    pub uptime_ms: u64,
}

/// The body of [`Tag::Receipt`]: the job is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The job; an earlier one's id when the idempotency key was used before.
    pub job_id: JobId,
    /// Where it stands now.
    pub status: JobStatus,
    /// Whether the job was there already.
    pub is_duplicate: bool,
}

/// The body of [`Tag::RateDecision`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateDecision {
    /// Whether the request may go on. When not, nothing was taken.
    pub is_allowed: bool,
    /// How many more requests would be allowed at once.
    pub remaining: u32,
    /// How long to wait for the next one, in milliseconds; 0 when allowed.
    pub retry_after_ms: u64,
}

/// The body of [`Tag::Hops`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The job.
    pub job_id: JobId,
    /// The request id that all hops share.
    pub request_id: String,
    /// What happened in the daemon, oldest first.
    pub hops: Vec<Hop>,
}

/// The body of [`Tag::Refusal`]: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for an operator.
    pub message: String,
}

/// A reply, decoded.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// See [`Tag::Pong`].
    Pong(Pong),
    /// See [`Tag::Receipt`].
    Receipt(Receipt),
    /// See [`Tag::Job`].
    Job(Box<JobSnapshot>),
    /// See [`Tag::Hops`].
    Hops(Trace),
    /// See [`Tag::RateDecision`].
    RateDecision(RateDecision),
    /// See [`Tag::Refusal`].
    Refusal(Refusal),
}

impl Reply {
    /// Decodes a reply frame's body. `None` when the tag belongs to a request.
    ///
    /// # Errors
    /// The JSON error when the body is not the documented shape.
    pub fn decode(tag: Tag, body: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match tag {
            Tag::Pong => Self::Pong(serde_json::from_slice(body)?),
            Tag::Receipt => Self::Receipt(serde_json::from_slice(body)?),
            Tag::Job => Self::Job(serde_json::from_slice(body)?),
            Tag::Hops => Self::Hops(serde_json::from_slice(body)?),
            Tag::RateDecision => Self::RateDecision(serde_json::from_slice(body)?),
            Tag::Refusal => Self::Refusal(serde_json::from_slice(body)?),
            Tag::Ping
            | Tag::Submit
            | Tag::Status
            | Tag::Cancel
            | Tag::Retry
            | Tag::Trace
            | Tag::RateLimit => return Ok(None),
        }))
    }

    /// The tag and the JSON body to send.
    ///
    /// # Errors
    /// The JSON error of a value that has no JSON form.
    pub fn encode(&self) -> Result<(Tag, Vec<u8>), serde_json::Error> {
        Ok(match self {
            Self::Pong(body) => (Tag::Pong, serde_json::to_vec(body)?),
            Self::Receipt(body) => (Tag::Receipt, serde_json::to_vec(body)?),
            Self::Job(body) => (Tag::Job, serde_json::to_vec(body)?),
            Self::Hops(body) => (Tag::Hops, serde_json::to_vec(body)?),
            Self::RateDecision(body) => (Tag::RateDecision, serde_json::to_vec(body)?),
            Self::Refusal(body) => (Tag::Refusal, serde_json::to_vec(body)?),
        })
    }
}
