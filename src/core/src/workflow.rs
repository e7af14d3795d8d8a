//! A job as a graph of steps: what a definition may say, and what follows from what happens.
//!
//! A [`Workflow`] is a checked definition. A job of it is a [`Progress`], which is small and kept with the job, and
//! branches, which are kept one by one and are what workers lease: a step has one, a fan-out one per item. An
//! [`Event`] and the progress give the next progress and the [`Change`]s that have to be written with it, in one
//! transaction ([`Workflow::advance`]). So a crash repeats at most the branches that were running.
//!
//! A single job is a workflow of one step ([`Workflow::chat`]): there is one machine, not two.
//!
//! The rules:
//!
//! - A step is decided on once all that it needs has ended. It needs what `needs` lists and what its parameters,
//!   its condition and its fan-out refer to.
//! - A step with a condition runs if that holds. One without runs unless something that it needs was skipped: then
//!   it is skipped as well. The result of a skipped step is `null`.
//! - A fan-out over nothing has succeeded, with an empty list. Otherwise its result is the list of its branches'
//!   results, in the order of the items, whichever ended first.
//! - A step that is given up ends the job as dead, with that step's error. What has not begun is cancelled, and
//!   what runs too, unless it has a compensation: its effect can only be undone once its result is known.
//! - When a job ends as dead or cancelled, the compensations of what has succeeded run one after the other, the
//!   latest success first. One that is given up does not stop the others. Then the job ends with its first cause.
//! - A dead job that is replayed goes on with what has not succeeded; if anything was undone, from the beginning.

mod advance;
mod check;
mod condition;
mod cursor;
mod definition;
mod error;
mod graph;
mod input;
mod kind;
mod progress;
mod reference;
mod scope;
mod template;
mod value_type;

pub use advance::{AdvanceError, Advanced, Facts, Reads};
pub use definition::{CompensationDefinition, Definition, RetryDefinition, StepDefinition};
pub use error::{Fault, InvalidWorkflow};
pub use graph::{Step, StepIndex, StepRetry, Workflow};
pub use input::InvalidInput;
pub use kind::{Action, ActionError, FetchPayload, Parts, SplitPayload, StepKind};
pub use progress::{Change, Event, JobEnd, Progress, StepProgress, StepStatus};
pub use scope::Scope;
pub use value_type::ValueType;

#[cfg(test)]
mod tests;
