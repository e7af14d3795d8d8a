use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{JobId, Priority};
use crate::clock::Timestamp;
use crate::limits::{
    MAX_DEADLINE_MS, MAX_IDEMPOTENCY_KEY_BYTES, MAX_JOB_CACHE_TAGS, MAX_REQUEST_ID_BYTES, MAX_SITE_ID_BYTES,
    MAX_WORD_BYTES,
};
use crate::prompt::{CacheTag, PromptHash};

/// Names one WordPress site. 1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteId(String);

impl SiteId {
    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteId {
    type Error = InvalidJob;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        let starts_well = text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        if starts_well && text.len() <= MAX_SITE_ID_BYTES && text.bytes().all(is_word) {
            Ok(Self(text))
        } else {
            Err(InvalidJob::Site)
        }
    }
}

impl From<SiteId> for String {
    fn from(id: SiteId) -> Self {
        id.0
    }
}

impl std::fmt::Display for SiteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions of the site.
    System,
    /// The visitor.
    User,
    /// The model.
    Assistant,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, plain text.
    pub content: String,
}

/// What a `chat` job asks of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatPayload {
    /// An alias of the daemon's configuration, such as `default`, or a model id it allows.
    pub model: String,
    /// The conversation, oldest first, already trimmed to the model's budget.
    pub messages: Vec<Message>,
    /// The ceiling of the answer, in tokens; the provider's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
    /// Sampling temperature, 0 to 2; the provider's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Whether an earlier answer to the same prompt will do, and this one may serve later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<CachePolicy>,
}

/// How the answer of a job is cached, under the job's [`prompt_hash`](JobSpec::prompt_hash).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachePolicy {
    /// How long the answer may serve, in seconds, at least 1; the daemon's configuration may say less.
    pub ttl_s: u32,
    /// What the answer can be flushed by, at most 14.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<CacheTag>,
}

/// What a `workflow` job runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowPayload {
    /// The workflow's name in the daemon's configuration.
    pub name: String,
    /// What it works on: an object with the fields that the workflow declares.
    #[serde(default)]
    pub input: serde_json::Value,
}

/// A job as WordPress hands it over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobSpec {
    /// Chosen by WordPress; see [`JobId`].
    pub id: JobId,
    /// Unique per site: the same key gives the same job, never a second one. 1 to 191 bytes.
    pub idempotency_key: String,
    /// Follows the request through every part. 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub request_id: String,
    /// W3C Trace Context header of the browser's request, continued by the daemon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The lower-case hexadecimal SHA-256 of the canonical prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_hash: Option<String>,
    /// Whom the use is counted for, opaque to the daemon (`user:1`, `session:…`). 1 to 191 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Which conversation the job belongs to, opaque to the daemon: the same words in another one are another
    /// question. 1 to 191 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// How urgent it is; `standard` when absent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: Priority,
    /// Not to be begun before this time; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_at: Option<Timestamp>,
    /// The longest life, in milliseconds from the time it is accepted, or from `run_at` when that is later;
    /// the daemon's setting when absent. Waiting and retries count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
    /// When WordPress wrote the job row.
    pub created_at: Timestamp,
    /// The work itself, tagged by `kind`.
    #[serde(flatten)]
    pub work: Work,
}

/// The kinds of work and what each needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "lowercase")]
pub enum Work {
    /// One turn of a conversation with a model.
    Chat(ChatPayload),
    /// A graph of steps that the daemon knows by name.
    Workflow(WorkflowPayload),
}

impl Work {
    /// The word for the kind, as in the `kind` field and column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Chat(_) => "chat",
            Self::Workflow(_) => "workflow",
        }
    }
}

/// Why a job cannot be taken. Never retryable: the same bytes fail again.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum InvalidJob {
    /// See [`SiteId`].
    #[error("a site id is 1 to 64 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit")]
    Site,
    /// See [`JobSpec::idempotency_key`].
    #[error("an idempotency key is 1 to 191 bytes")]
    IdempotencyKey,
    /// See [`JobSpec::request_id`].
    #[error("a request id is 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'")]
    RequestId,
    /// See [`JobSpec::subject`].
    #[error("a subject is 1 to 191 bytes")]
    Subject,
    /// See [`JobSpec::conversation`].
    #[error("a conversation is 1 to 191 bytes")]
    Conversation,
    /// See [`JobSpec::deadline_ms`].
    #[error("a deadline is 1 to {MAX_DEADLINE_MS} milliseconds")]
    Deadline,
    /// See [`ChatPayload::messages`].
    #[error("a chat needs at least one message")]
    NoMessages,
    /// See [`ChatPayload::model`].
    #[error("a model name is 1 to 191 printable characters")]
    Model,
    /// See [`ChatPayload::temperature`].
    #[error("a temperature lies between 0 and 2")]
    Temperature,
    /// See [`ChatPayload::max_output_tokens`].
    #[error("the ceiling of an answer is at least one token")]
    MaxOutputTokens,
    /// See [`CachePolicy`].
    #[error("a cached answer lives at least one second and has at most {MAX_JOB_CACHE_TAGS} tags")]
    Cache,
    /// See [`ChatPayload::cache`].
    #[error("a job that is cached has a prompt hash of 64 lower-case hexadecimal digits")]
    PromptHash,
}

impl JobSpec {
    /// Checks what the types alone do not.
    ///
    /// # Errors
    /// [`InvalidJob`] names the first field that is outside its documented range.
    pub fn validate(&self) -> Result<(), InvalidJob> {
        let key_bytes = self.idempotency_key.len();
        if key_bytes == 0 || key_bytes > MAX_IDEMPOTENCY_KEY_BYTES {
            return Err(InvalidJob::IdempotencyKey);
        }
        if !is_request_id(&self.request_id) {
            return Err(InvalidJob::RequestId);
        }
        if !self.subject.as_deref().is_none_or(is_word) {
            return Err(InvalidJob::Subject);
        }
        if !self.conversation.as_deref().is_none_or(is_word) {
            return Err(InvalidJob::Conversation);
        }
        if self.deadline_ms.is_some_and(|millis| !(1..=MAX_DEADLINE_MS).contains(&millis)) {
            return Err(InvalidJob::Deadline);
        }
        match &self.work {
            Work::Chat(chat) => {
                chat.validate()?;
                if chat.cache.is_some() && self.cache_key().is_none() {
                    return Err(InvalidJob::PromptHash);
                }
                Ok(())
            }
            // Whether the name is known, and the input what it takes, is for the daemon to say.
            Work::Workflow(_) => Ok(()),
        }
    }

    /// What the answer is cached under, if the job has a prompt hash.
    pub fn cache_key(&self) -> Option<PromptHash> {
        self.prompt_hash.as_deref()?.parse().ok()
    }
}

impl ChatPayload {
    pub(crate) fn validate(&self) -> Result<(), InvalidJob> {
        if self.messages.is_empty() {
            return Err(InvalidJob::NoMessages);
        }
        if self.model.is_empty() || self.model.len() > 191 || self.model.chars().any(char::is_control) {
            return Err(InvalidJob::Model);
        }
        if self.temperature.is_some_and(|value| !(0.0..=2.0).contains(&value)) {
            return Err(InvalidJob::Temperature);
        }
        if self.max_output_tokens == Some(0) {
            return Err(InvalidJob::MaxOutputTokens);
        }
        let is_lasting = |policy: &CachePolicy| policy.ttl_s > 0 && policy.tags.len() <= MAX_JOB_CACHE_TAGS;
        if self.cache.as_ref().is_some_and(|policy| !is_lasting(policy)) {
            return Err(InvalidJob::Cache);
        }
        Ok(())
    }
}

fn is_word(text: &str) -> bool {
    (1..=MAX_WORD_BYTES).contains(&text.len())
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whether the text may be used as a request id: it is written to logs and headers as it is.
pub fn is_request_id(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !text.is_empty() && text.len() <= MAX_REQUEST_ID_BYTES && text.bytes().all(is_word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(prompt_hash: Option<String>, cache: &serde_json::Value) -> serde_json::Result<JobSpec> {
        let mut job = json!({
            "id": "0193d2e0-0000-7000-8000-000000000001", "idempotency_key": "k", "request_id": "r",
            "created_at": "2026-11-20T16:00:00.123456Z", "kind": "chat",
            "payload": {"model": "default", "messages": [{"role": "user", "content": "Hello"}], "cache": cache},
        });
        job["prompt_hash"] = prompt_hash.into();
        serde_json::from_value(job)
    }

    #[test]
    fn a_cached_job_has_a_hash_a_time_and_few_tags() {
        let hash = Some("0".repeat(64));
        let tags = |count: usize| json!({"ttl_s": 1, "tags": vec!["version:1"; count]});

        assert_eq!(job(hash.clone(), &tags(14)).unwrap().validate(), Ok(()));
        assert_eq!(job(None, &json!(null)).unwrap().validate(), Ok(()));
        assert_eq!(job(hash.clone(), &tags(15)).unwrap().validate(), Err(InvalidJob::Cache));
        assert_eq!(job(hash.clone(), &json!({"ttl_s": 0})).unwrap().validate(), Err(InvalidJob::Cache));
        assert_eq!(job(None, &tags(0)).unwrap().validate(), Err(InvalidJob::PromptHash));
        assert_eq!(job(Some("x".to_owned()), &tags(0)).unwrap().validate(), Err(InvalidJob::PromptHash));
        assert!(job(hash, &json!({"ttl_s": 1, "tags": [""]})).is_err());
    }

    #[test]
    fn a_job_without_a_policy_is_written_as_before() {
        let text = serde_json::to_string(&job(None, &json!(null)).unwrap()).unwrap();

        assert!(!text.contains("cache"), "{text}");
    }
}
