use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::error::{Fault, InvalidWorkflow};
use super::graph::Workflow;
use crate::limits::MAX_WORKFLOW_BYTES;

/// A workflow as it is written, in TOML or JSON. What each field means is in `docs/workflows.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The workflow's name.
    pub name: String,
    /// Counted up by the author; a job keeps to the version that it began with.
    pub version: u32,
    /// The types of the input's fields, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub input: BTreeMap<String, String>,
    /// The step whose result is the job's.
    pub output: String,
    /// The steps; their order does not matter.
    pub steps: Vec<StepDefinition>,
}

/// One step as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDefinition {
    /// Its name, unique in the workflow.
    pub name: String,
    /// What is done: see [`StepKind`](super::StepKind).
    pub kind: String,
    /// The parameters of the kind, with placeholders.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub params: Value,
    /// Steps that must have ended before, besides those that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The condition on which it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The path of the list that it has a branch for each item of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_each: Option<String>,
    /// The most items of that list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u32>,
    /// The most branches that are queued or running at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<u32>,
    /// How often and when it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryDefinition>,
    /// How long one attempt may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u32>,
    /// What undoes it when the job fails after it has succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensate: Option<CompensationDefinition>,
}

/// When a step is tried again, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryDefinition {
    /// Failed attempts after which it is given up.
    pub max_attempts: u32,
    /// The longest wait before the first retry; it doubles with each further one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff_base_ms: Option<u32>,
    /// The longest wait before any retry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff_cap_ms: Option<u32>,
}

/// The compensation of a step as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompensationDefinition {
    /// What is done.
    pub kind: String,
    /// The parameters of the kind; `{{ result }}` is what is undone.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub params: Value,
    /// How often and when it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryDefinition>,
    /// How long one attempt may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u32>,
}

impl Workflow {
    /// Reads and checks a definition in any format that serde reads.
    ///
    /// # Errors
    /// [`InvalidWorkflow`] names the place in the definition and what is wrong there.
    pub fn load<'de, D: Deserializer<'de>>(source: D) -> Result<Self, InvalidWorkflow> {
        let value = Value::deserialize(source).map_err(|error| shape("", error))?;
        let bytes = serde_json::to_string(&value).map_err(|error| shape("", error))?.len();
        if bytes > MAX_WORKFLOW_BYTES {
            return Err(InvalidWorkflow::at("", Fault::TooLarge { limit_bytes: MAX_WORKFLOW_BYTES }));
        }
        Self::new(&read(&value)?)
    }
}

fn shape(path: &str, error: impl std::fmt::Display) -> InvalidWorkflow {
    InvalidWorkflow::at(path, Fault::Shape(error.to_string()))
}

/// Reads a part of a definition; an error names its place in the words of the definition.
fn read<T: DeserializeOwned>(value: &Value) -> Result<T, InvalidWorkflow> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut path = String::new();
        let mut at = Some(value);
        for segment in error.path() {
            let word = word_of(segment, at);
            at = match segment {
                Segment::Seq { index } => at.and_then(|value| value.get(*index)),
                Segment::Map { key } => at.and_then(|value| value.get(key)),
                Segment::Enum { .. } | Segment::Unknown => None,
            };
            let dot = if path.is_empty() { "" } else { "." };
            path.extend([dot, word.as_str()]);
        }
        shape(&path, error.inner())
    })
}

/// A step is called by its name, if it has one.
fn word_of(segment: &Segment, parent: Option<&Value>) -> String {
    let name = |index: usize| parent?.get(index)?.get("name")?.as_str().map(str::to_owned);
    match segment {
        Segment::Seq { index } => name(*index).unwrap_or_else(|| index.to_string()),
        Segment::Map { key } => key.clone(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".to_owned(),
    }
}
