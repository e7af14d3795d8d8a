use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Tag;
use crate::job::{JobId, JobSpec, SiteId};

/// The body of [`Tag::Submit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submit {
    /// Whose job it is.
    pub site: SiteId,
    /// The job.
    pub job: JobSpec,
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
            Tag::Pong | Tag::Receipt | Tag::Job | Tag::Hops | Tag::RateDecision | Tag::Refusal => {
                return Ok(None);
            }
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
        })
    }
}
