//! What a step can do: its parameters, its result, and the part of it that needs nothing but them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use super::ValueType;
use crate::code::ErrorCode;
use crate::job::{ChatPayload, JobError};
use crate::limits::{MAX_FAN_OUT_ITEMS, MAX_RENDERED_BYTES};
use crate::tokens::{SplitError, split};

/// The largest document that a step may fetch, in bytes.
const MAX_FETCH_BYTES: u32 = 1024 * 1024;

/// The kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// One turn of a conversation with a model. The result is an [`Answer`](crate::job::Answer).
    Chat,
    /// Reads a page of the web. The result has its address, status, content type and text.
    Fetch,
    /// Cuts a text into parts of so many tokens. The result is the list of them.
    Split,
    /// Builds a value from others. The result is that value.
    Template,
}

impl StepKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Fetch, Self::Split, Self::Template];

    /// The word for the kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Fetch => "fetch",
            Self::Split => "split",
            Self::Template => "template",
        }
    }

    /// The kind with this word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The parameters. One that is optional may be left out.
    pub(super) fn params(self) -> BTreeMap<String, ValueType> {
        let params = match self {
            Self::Chat => ValueType::record([
                ("model", ValueType::Text),
                (
                    "messages",
                    ValueType::record([("role", ValueType::Text), ("content", ValueType::Text)]).list(),
                ),
                ("max_output_tokens", ValueType::Integer.optional()),
                ("temperature", ValueType::Number.optional()),
            ]),
            Self::Fetch => ValueType::record([
                ("url", ValueType::Text),
                ("max_bytes", ValueType::Integer.optional()),
                ("parts", parts_type().optional()),
            ]),
            Self::Split => ValueType::record([
                ("text", ValueType::Text),
                ("tokens", ValueType::Integer),
                ("overlap", ValueType::Integer.optional()),
                ("model", ValueType::Text),
            ]),
            Self::Template => ValueType::record([("value", ValueType::Json)]),
        };
        match params {
            ValueType::Record(members) => members,
            _ => BTreeMap::new(),
        }
    }

    /// The type of the result, `None` when it is that of the parameter `value`. A page has `parts` when they are
    /// asked for.
    pub(super) fn result(self, has_parts: bool) -> Option<ValueType> {
        match self {
            Self::Chat => Some(ValueType::record([
                ("text", ValueType::Text),
                ("finish_reason", ValueType::Text),
                ("model", ValueType::Text),
                ("provider", ValueType::Text),
            ])),
            Self::Fetch if has_parts => Some(ValueType::record([
                ("url", ValueType::Text),
                ("status", ValueType::Integer),
                ("content_type", ValueType::Text),
                ("text", ValueType::Text),
                ("parts", ValueType::Text.list()),
            ])),
            Self::Fetch => Some(ValueType::record([
                ("url", ValueType::Text),
                ("status", ValueType::Integer),
                ("content_type", ValueType::Text),
                ("text", ValueType::Text),
            ])),
            Self::Split => Some(ValueType::Text.list()),
            Self::Template => None,
        }
    }

    /// A valid value of each parameter, to try those that a definition gives among the others.
    pub(super) fn example(self) -> Value {
        match self {
            Self::Chat => json!({
                "model": "default", "messages": [{ "role": "user", "content": "Hello" }],
                "max_output_tokens": 100, "temperature": 1,
            }),
            Self::Fetch => json!({
                "url": "https://example.com/", "max_bytes": 1000,
                "parts": { "tokens": 1_000_000, "overlap": 0, "model": "default" },
            }),
            Self::Split => json!({ "text": "", "tokens": 1_000_000, "overlap": 0, "model": "default" }),
            Self::Template => json!({ "value": null }),
        }
    }

    /// The action with these parameters.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when they do not fit.
    pub(super) fn action(self, params: Value) -> Result<Action, ActionError> {
        let action = match self {
            Self::Chat => Action::Chat(read(params)?),
            Self::Fetch => Action::Fetch(read(params)?),
            Self::Split => Action::Split(read(params)?),
            Self::Template => Action::Template(read::<TemplatePayload>(params)?.value),
        };
        action.validate().map_err(ActionError::Invalid)?;
        Ok(action)
    }
}

fn parts_type() -> ValueType {
    ValueType::record([
        ("tokens", ValueType::Integer),
        ("overlap", ValueType::Integer.optional()),
        ("model", ValueType::Text),
    ])
}

/// The reader's own words are not passed on: they hold the value, which may be a prompt.
fn read<P: DeserializeOwned>(params: Value) -> Result<P, ActionError> {
    serde_path_to_error::deserialize(params).map_err(|error| {
        ActionError::Invalid(format!("the parameter {} is not what it must be", error.path()))
    })
}

/// What a worker has to do for a branch.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Ask a model.
    Chat(ChatPayload),
    /// Read a page.
    Fetch(FetchPayload),
    /// Cut a text.
    Split(SplitPayload),
    /// Nothing more: this is the result.
    Template(Value),
}

/// What a `fetch` step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchPayload {
    /// An `http` or `https` address. Whether it may be called is for the daemon to decide.
    pub url: String,
    /// The most bytes to read; the daemon's limit when absent. At most 1 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u32>,
    /// Cuts the text into `parts` of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
}

/// What a `split` step cuts, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitPayload {
    /// The text.
    pub text: String,
    /// The size of its parts.
    #[serde(flatten)]
    pub parts: Parts,
}

/// Parts of a text by tokens, as [`split`] makes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The most tokens of a part.
    pub tokens: u32,
    /// How many tokens of one part are repeated in the next; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<u32>,
    /// The model by whose tokens it is cut, by its provider's name.
    pub model: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplatePayload {
    #[serde(default)]
    value: Value,
}

impl Action {
    /// The result of what needs neither network nor model, `None` for the rest.
    ///
    /// # Errors
    /// [`ActionError`] when there would be too many parts.
    pub fn perform(&self) -> Option<Result<Value, ActionError>> {
        match self {
            Self::Split(payload) => Some(payload.parts.of(&payload.text).map(Value::from)),
            Self::Template(value) => Some(Ok(value.clone())),
            Self::Chat(_) | Self::Fetch(_) => None,
        }
    }

    fn validate(&self) -> Result<(), String> {
        match self {
            Self::Chat(chat) => chat.validate().map_err(|error| error.to_string()),
            Self::Fetch(fetch) => fetch.validate(),
            Self::Split(payload) => payload.parts.validate(),
            Self::Template(_) => Ok(()),
        }
    }
}

impl FetchPayload {
    fn validate(&self) -> Result<(), String> {
        let is_web = ["https://", "http://"].iter().any(|scheme| {
            self.url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if !is_web || self.url.len() > 2048 || self.url.chars().any(|c| c.is_control() || c == ' ') {
            return Err("url is an http or https address of at most 2048 bytes".to_owned());
        }
        if self.max_bytes.is_some_and(|bytes| bytes == 0 || bytes > MAX_FETCH_BYTES) {
            return Err(format!("max_bytes is 1 to {MAX_FETCH_BYTES}"));
        }
        self.parts.as_ref().map_or(Ok(()), Parts::validate)
    }
}

impl Parts {
    /// The parts of a text.
    ///
    /// # Errors
    /// [`ActionError`] when a size is outside its range or there are more than [`MAX_FAN_OUT_ITEMS`] parts.
    pub fn of(&self, text: &str) -> Result<Vec<String>, ActionError> {
        let ranges = self.ranges(text).map_err(|error| ActionError::Invalid(error.to_string()))?;
        if ranges.len() > MAX_FAN_OUT_ITEMS {
            return Err(ActionError::TooManyParts);
        }
        Ok(ranges.into_iter().filter_map(|range| text.get(range).map(str::to_owned)).collect())
    }

    fn validate(&self) -> Result<(), String> {
        self.ranges("").map(|_| ()).map_err(|error| error.to_string())
    }

    fn ranges(&self, text: &str) -> Result<Vec<std::ops::Range<usize>>, SplitError> {
        let size = |tokens: u32| usize::try_from(tokens).unwrap_or(usize::MAX);
        split(text, size(self.tokens), size(self.overlap.unwrap_or(0)), &self.model)
    }
}

/// Why an action cannot be built or performed. Never retryable: the same values fail again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ActionError {
    /// The values are outside their ranges; the text says which, and holds none of them.
    #[error("{0}")]
    Invalid(String),
    /// See [`MAX_RENDERED_BYTES`].
    #[error("the parameters have more than {MAX_RENDERED_BYTES} bytes")]
    TooLarge,
    /// See [`MAX_FAN_OUT_ITEMS`].
    #[error("the text has more than {MAX_FAN_OUT_ITEMS} parts")]
    TooManyParts,
}

impl ActionError {
    /// The stable code of the failure.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::InvalidRequest,
            Self::TooLarge | Self::TooManyParts => ErrorCode::PayloadTooLarge,
        }
    }
}

impl From<ActionError> for JobError {
    fn from(error: ActionError) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}
