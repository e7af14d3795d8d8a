use std::borrow::Cow;

use serde_json::Value;
use thiserror::Error;

use super::graph::{Step, StepIndex, Workflow};
use super::kind::StepKind;
use super::reference::Reference;
use super::template::Template;
use super::value_type::ValueType;
use crate::code::ErrorCode;

/// Why an input is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidInput {
    /// A field is missing or of another type.
    #[error("{path}: {wanted} is needed")]
    WrongType {
        /// `input.url`.
        path: String,
        /// The type that the workflow names.
        wanted: ValueType,
    },
    /// The workflow has no such field.
    #[error("{path}: the workflow has no such input")]
    Unknown {
        /// `input.url`.
        path: String,
    },
    /// An input is always an object.
    #[error("input: an object is needed")]
    NotAnObject,
}

impl InvalidInput {
    /// The stable code of the failure.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }
}

impl Workflow {
    /// Checks what a job is given against the types that the definition names.
    ///
    /// # Errors
    /// [`InvalidInput`] names the first field that does not fit.
    pub fn check_input(&self, input: &Value) -> Result<(), InvalidInput> {
        let Value::Object(fields) = input else { return Err(InvalidInput::NotAnObject) };
        let ValueType::Record(members) = &self.input else { return Ok(()) };
        for (name, wanted) in members {
            if !wanted.admits(fields.get(name).unwrap_or(&Value::Null)) {
                return Err(InvalidInput::WrongType {
                    path: format!("input.{name}"),
                    wanted: wanted.clone(),
                });
            }
        }
        match fields.keys().find(|name| !members.contains_key(*name)) {
            Some(name) => Err(InvalidInput::Unknown { path: format!("input.{name}") }),
            None => Ok(()),
        }
    }

    /// The workflow of a single chat: one step, whose parameters are the job's input.
    pub fn chat() -> Self {
        Self {
            name: Cow::Borrowed("chat"),
            version: 1,
            input: ValueType::Json,
            output: StepIndex::FIRST,
            steps: vec![Step {
                name: Cow::Borrowed("chat"),
                kind: StepKind::Chat,
                params: Template::Whole(Reference::INPUT),
                needs: Vec::new(),
                when: None,
                fan_out: None,
                retry: None,
                timeout: None,
                compensation: None,
                undoes: None,
            }],
            order: vec![StepIndex::FIRST],
        }
    }
}
