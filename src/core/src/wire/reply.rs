use serde::{Deserialize, Serialize};

use super::{AnswerPart, ResultPage, Tag};
use crate::clock::Timestamp;
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

/// The body of [`Tag::Receipt`]: the job is durable, or on its way there after [`Tag::Accept`].
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What became of one job of a batch: a receipt, or a refusal that concerns it alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BatchItem {
    /// The job is durable.
    Receipt(Receipt),
    /// Nothing was kept of it.
    Refusal(Refusal),
}

/// The body of [`Tag::Receipts`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// One for each job, in their order.
    pub receipts: Vec<BatchItem>,
}

/// The body of [`Tag::Reservation`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Whether the amount is held. When not, nothing was changed.
    pub is_allowed: bool,
    /// As it was asked for.
    pub reservation_id: String,
    /// How much of the budget is neither spent nor held, after this.
    pub remaining: u64,
    /// When the amount may be free, in milliseconds; 0 when allowed.
    pub retry_after_ms: u64,
    /// When the amount is free again if it was not settled; `null` when not allowed.
    pub expires_at: Option<Timestamp>,
    /// Whether the reservation was there already.
    pub is_duplicate: bool,
}

/// The body of [`Tag::Settlement`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// As it was asked for.
    pub reservation_id: String,
    /// The amount that is booked: that of the first settlement.
    pub amount: u64,
    /// What the key has spent in the period of the reservation, this included.
    pub spent: u64,
    /// Whether it was settled before; then nothing was changed.
    pub is_duplicate: bool,
}

/// The body of [`Tag::Description`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The daemon's version, as in its `--version`.
    pub version: String,
    /// The protocol version it speaks.
    pub protocol: u8,
    /// The daemon's process id.
    pub pid: u32,
    /// How long it has been up, in milliseconds.
    pub uptime_ms: u64,
    /// What it takes at most.
    pub limits: DaemonLimits,
    /// The names that jobs may ask for, in alphabetical order.
    pub models: Vec<String>,
    /// What it can do beyond handing over one job; a client may look for a word here.
    pub features: Vec<String>,
}

/// What the daemon takes at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonLimits {
    /// Bytes of a frame after its length field.
    pub frame_bytes: usize,
    /// Bytes of text in one job.
    pub job_bytes: usize,
    /// Jobs of one batch.
    pub batch_jobs: usize,
    /// The longest wait for the end of a job, in milliseconds.
    pub wait_ms: u64,
    /// Requests that may wait for the end of a job at the same time.
    pub waiters: usize,
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
    /// See [`Tag::Receipts`].
    Receipts(Receipts),
    /// See [`Tag::Reservation`].
    Reservation(Reservation),
    /// See [`Tag::Settlement`].
    Settlement(Settlement),
    /// See [`Tag::Description`].
    Description(Box<Description>),
    /// See [`Tag::ResultPage`].
    ResultPage(Box<ResultPage>),
    /// See [`Tag::AnswerPart`].
    AnswerPart(Box<AnswerPart>),
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
            Tag::Receipts => Self::Receipts(serde_json::from_slice(body)?),
            Tag::Reservation => Self::Reservation(serde_json::from_slice(body)?),
            Tag::Settlement => Self::Settlement(serde_json::from_slice(body)?),
            Tag::Description => Self::Description(serde_json::from_slice(body)?),
            Tag::ResultPage => Self::ResultPage(serde_json::from_slice(body)?),
            Tag::AnswerPart => Self::AnswerPart(serde_json::from_slice(body)?),
            Tag::Refusal => Self::Refusal(serde_json::from_slice(body)?),
            Tag::Ping
            | Tag::Submit
            | Tag::Status
            | Tag::Cancel
            | Tag::Retry
            | Tag::Trace
            | Tag::RateLimit
            | Tag::Accept
            | Tag::Push
            | Tag::SubmitMany
            | Tag::Wait
            | Tag::Reserve
            | Tag::Settle
            | Tag::Describe
            | Tag::Results
            | Tag::ReadAnswer => return Ok(None),
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
            Self::Receipts(body) => (Tag::Receipts, serde_json::to_vec(body)?),
            Self::Reservation(body) => (Tag::Reservation, serde_json::to_vec(body)?),
            Self::Settlement(body) => (Tag::Settlement, serde_json::to_vec(body)?),
            Self::Description(body) => (Tag::Description, serde_json::to_vec(body)?),
            Self::ResultPage(body) => (Tag::ResultPage, serde_json::to_vec(body)?),
            Self::AnswerPart(body) => (Tag::AnswerPart, serde_json::to_vec(body)?),
            Self::Refusal(body) => (Tag::Refusal, serde_json::to_vec(body)?),
        })
    }
}
