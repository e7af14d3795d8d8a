use thiserror::Error;

use super::ValueType;
use crate::code::ErrorCode;

/// Why a definition is refused, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {fault}")]
pub struct InvalidWorkflow {
    /// The place in the definition, steps by their names: `steps.summarise.for_each`.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

impl InvalidWorkflow {
    /// The stable code of the failure.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidWorkflow
    }

    pub(super) fn at(path: impl Into<String>, fault: Fault) -> Self {
        Self { path: path.into(), fault }
    }
}

/// What can be wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// A field is missing, unknown or of another form; the text is the reader's.
    #[error("{0}")]
    Shape(String),
    /// See [`MAX_WORKFLOW_BYTES`](crate::limits::MAX_WORKFLOW_BYTES).
    #[error("a definition has at most {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// Names stand in paths.
    #[error("a name is 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter")]
    Name,
    /// The type of an input is not one.
    #[error("a type is text, integer, number, boolean, json or list<…>, with '?' when it may be missing")]
    InputType,
    /// Without steps there is nothing to do.
    #[error("a workflow has at least one step")]
    NoSteps,
    /// See [`MAX_WORKFLOW_STEPS`](crate::limits::MAX_WORKFLOW_STEPS).
    #[error("a workflow has at most {limit} steps")]
    TooManySteps {
        /// The limit.
        limit: usize,
    },
    /// Two steps have one name.
    #[error("another step has this name")]
    DuplicateName,
    /// No handler does this.
    #[error("the kind {kind:?} is unknown; the kinds are chat, fetch, split and template")]
    UnknownKind {
        /// What the definition says.
        kind: String,
    },
    /// A step is named that is not there.
    #[error("there is no step {name:?}")]
    UnknownStep {
        /// The name.
        name: String,
    },
    /// A path names nothing that is known here.
    #[error("the reference {reference:?} names nothing")]
    UnknownReference {
        /// The path.
        reference: String,
    },
    /// `item` and `index` are those of a branch.
    #[error("item and index are only known in a step with for_each and in its compensation")]
    NoBranch,
    /// `result` is that of the step that is undone.
    #[error("result is only known in a compensation")]
    NoResult,
    /// A compensation may only use what had ended before the step that it undoes began.
    #[error("a compensation can only use the steps that its own step needs, but not {name:?}")]
    NotBefore {
        /// The step.
        name: String,
    },
    /// Steps need each other.
    #[error("the steps need each other: {}", names.join(" → "))]
    Cycle {
        /// The steps on the way, from one back to itself.
        names: Vec<String>,
    },
    /// `for_each` needs a list.
    #[error("for_each needs a list, this is {found}")]
    NotAList {
        /// What it is.
        found: ValueType,
    },
    /// A condition must be true or false.
    #[error("a condition is a boolean, this is {found}")]
    NotBoolean {
        /// What it is.
        found: ValueType,
    },
    /// Values of these types cannot be compared so.
    #[error("{left} and {right} cannot be compared by {operator}")]
    NotComparable {
        /// The type before the operator.
        left: ValueType,
        /// The type after it.
        right: ValueType,
        /// The operator.
        operator: &'static str,
    },
    /// A value is not what is asked for.
    #[error("{wanted} is needed, this is {found}")]
    WrongType {
        /// What is needed.
        wanted: ValueType,
        /// What it is.
        found: ValueType,
    },
    /// The kind has no such parameter.
    #[error("there is no parameter {name:?}")]
    UnknownParameter {
        /// The name.
        name: String,
    },
    /// The kind needs this parameter.
    #[error("the parameter {name:?} is missing")]
    MissingParameter {
        /// The name.
        name: String,
    },
    /// The values of the parameters are outside their ranges; the text says which.
    #[error("{0}")]
    Parameters(String),
    /// Two opening braces without closing ones.
    #[error("'{{{{' is not closed by '}}}}'")]
    UnclosedBraces,
    /// A quotation mark without its second.
    #[error("a quotation mark is not closed")]
    UnclosedQuote,
    /// The text of a condition or reference is not well formed.
    #[error("{rest:?} was not expected here")]
    Unexpected {
        /// What stands there, at most 20 characters of it.
        rest: String,
    },
    /// A condition is too long or its parentheses are too deep.
    #[error("a condition has at most 1024 bytes and parentheses and nots 16 deep")]
    ConditionTooLarge,
    /// Numbers outside their range.
    #[error("it must be {least} to {most}")]
    Range {
        /// The lowest value.
        least: u64,
        /// The highest value.
        most: u64,
    },
    /// The setting only means something with `for_each`.
    #[error("it needs for_each")]
    NoForEach,
    /// The output must be able to run.
    #[error("the output never runs: the condition of {name:?} is always false")]
    OutputNeverRuns {
        /// The step whose condition is false.
        name: String,
    },
}
