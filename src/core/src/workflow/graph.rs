use std::borrow::Cow;
use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::condition::Condition;
use super::kind::{Action, ActionError, StepKind};
use super::reference::Reference;
use super::scope::Scope;
use super::template::Template;
use super::value_type::ValueType;
use crate::retry::Backoff;

/// The place of a step in [`Workflow::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepIndex(u16);

impl StepIndex {
    /// The first step; the only one of a single job.
    pub const FIRST: Self = Self(0);

    /// The step with this place, `None` for a place that no workflow has.
    pub fn new(place: usize) -> Option<Self> {
        u16::try_from(place).ok().map(Self)
    }

    /// The place, from 0.
    pub fn as_usize(self) -> usize {
        usize::from(self.0)
    }
}

/// A workflow that was checked: every reference, type and limit holds, and there is no cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    pub(super) name: Cow<'static, str>,
    pub(super) version: u32,
    pub(super) input: ValueType,
    pub(super) output: StepIndex,
    /// The steps in the order of the definition, then their compensations.
    pub(super) steps: Vec<Step>,
    /// The steps without compensations, each after all that it needs.
    pub(super) order: Vec<StepIndex>,
}

impl Workflow {
    /// The workflow's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that the author counts.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The step whose result is the job's.
    pub fn output(&self) -> StepIndex {
        self.output
    }

    /// The steps in the order of the definition, then their compensations.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// One step.
    pub fn step(&self, step: StepIndex) -> Option<&Step> {
        self.steps.get(step.as_usize())
    }

    /// The step with this name.
    pub fn find(&self, name: &str) -> Option<StepIndex> {
        self.steps.iter().position(|step| step.name == name).and_then(StepIndex::new)
    }

    /// Every step with its place.
    pub(super) fn indexed(&self) -> impl Iterator<Item = (StepIndex, &Step)> {
        self.steps.iter().enumerate().filter_map(|(place, step)| Some((StepIndex::new(place)?, step)))
    }
}

/// One step, or the compensation of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub(super) name: Cow<'static, str>,
    pub(super) kind: StepKind,
    pub(super) params: Template,
    pub(super) needs: Vec<StepIndex>,
    pub(super) when: Option<Condition>,
    pub(super) fan_out: Option<FanOut>,
    pub(super) retry: Option<StepRetry>,
    pub(super) timeout: Option<Duration>,
    pub(super) compensation: Option<StepIndex>,
    pub(super) undoes: Option<StepIndex>,
}

impl Step {
    /// The step's name; that of a compensation is the step's with `.compensate`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is done.
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// What must have ended before.
    pub fn needs(&self) -> &[StepIndex] {
        &self.needs
    }

    /// The model that a chat step names, if that does not depend on other values.
    pub fn model(&self) -> Option<&str> {
        match (self.kind, self.params.member("model")) {
            (StepKind::Chat, Some(Template::Literal(Value::String(model)))) => Some(model),
            _ => None,
        }
    }

    /// How often and when it is tried again; the daemon's settings when absent.
    pub fn retry(&self) -> Option<StepRetry> {
        self.retry
    }

    /// How long one attempt may take; the daemon's setting when absent.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Whether it has a branch per item.
    pub fn is_fan_out(&self) -> bool {
        self.fan_out.is_some()
    }

    /// The step that this one undoes, if it is a compensation.
    pub fn undoes(&self) -> Option<StepIndex> {
        self.undoes
    }

    /// The steps whose results its parameters name: what [`Scope::results`] must hold for [`Self::action`].
    pub fn reads(&self) -> Vec<StepIndex> {
        let mut steps: Vec<StepIndex> =
            self.params.references().iter().filter_map(|reference| reference.step()).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// What is to be done, with the parameters filled in.
    ///
    /// # Errors
    /// [`ActionError`] when they are too large, or a value that was not known before does not fit.
    pub fn action(&self, scope: &Scope<'_>) -> Result<Action, ActionError> {
        let params = self.params.render(scope)?;
        self.kind.action(params)
    }

    /// What its condition and its fan-out read.
    pub(super) fn decided_by(&self) -> impl Iterator<Item = &Reference> {
        let when = self.when.iter().flat_map(Condition::references);
        when.chain(self.fan_out.iter().map(|fan_out| &fan_out.over))
    }
}

/// A branch per item of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FanOut {
    pub(super) over: Reference,
    pub(super) max_items: u32,
    /// How many branches are queued or running at once; all when absent.
    pub(super) parallel: Option<NonZeroU32>,
}

/// When a step is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRetry {
    /// Failed attempts after which it is given up, at least 1.
    pub max_attempts: u32,
    /// The waits between them; the daemon's settings when absent.
    pub backoff: Option<Backoff>,
}
