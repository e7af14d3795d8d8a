use serde::{Deserialize, Serialize};

use super::{JobId, JobStatus};
use crate::clock::Timestamp;
use crate::code::ErrorCode;

/// What a model answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text as the model wrote it (Markdown), not yet sanitised.
    pub text: String,
    /// Why the model stopped: `stop`, `length`, `content_filter` or `tool_calls`.
    pub finish_reason: String,
    /// The model that answered, by its provider's name.
    pub model: String,
    /// The provider that answered, by its name in the configuration.
    pub provider: String,
}

/// What an answer used. Token counts are the provider's own unless `is_estimate` says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Those of `input_tokens` that the provider read from its cache.
    pub cached_input_tokens: u64,
    /// Tokens of the answer, reasoning included.
    pub output_tokens: u64,
    /// Those of `output_tokens` spent on reasoning.
    pub reasoning_tokens: u64,
    /// The price in millionths of a US dollar; absent when the model has no price in the configuration.
    pub cost_microusd: Option<u64>,
    /// Whether the counts are ours, because the provider sent none.
    pub is_estimate: bool,
}

/// Why a job ended without an answer, or why its last attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for an operator; holds no key, prompt or answer.
    pub message: String,
}

/// One moment of a job's life, for `trace`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// What happened, `noun.verb`: `job.accepted`, `provider.called`, `webhook.delivered` …
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Facts worth showing: attempt, provider, HTTP status, code. A JSON object.
    pub detail: serde_json::Value,
}

/// All that may be told about a job at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobSnapshot {
    /// The job.
    pub id: JobId,
    /// The kind of work.
    pub kind: String,
    /// Where it stands.
    pub status: JobStatus,
    /// The answer of a succeeded job.
    pub result: Option<Answer>,
    /// What it used, of all attempts that were charged.
    pub usage: Option<Usage>,
    /// Why it is dead, or why the last attempt of a queued one failed.
    pub error: Option<JobError>,
    /// How many attempts have begun.
    pub attempt: u32,
    /// See [`JobSpec::request_id`](super::JobSpec::request_id).
    pub request_id: String,
    /// When WordPress wrote the job row.
    pub created_at: Timestamp,
    /// When the status last changed.
    pub updated_at: Timestamp,
}
