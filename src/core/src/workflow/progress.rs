use serde::{Deserialize, Serialize};

use super::StepIndex;
use crate::job::JobError;

/// Where a step, or one branch of it, stands. The words are those of a job where they mean the same.
///
/// A step is `running` from its activation until its last branch has ended; only branches are `queued`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepStatus {
    /// Not yet its turn.
    #[default]
    Waiting,
    /// Due, or waiting for a retry. Branches only.
    Queued,
    /// Under way.
    Running,
    /// Ended with a result.
    Succeeded,
    /// Given up.
    Dead,
    /// Not needed: its condition is false, or it is the compensation of what needs none.
    Skipped,
    /// Ended because the job ends.
    Cancelled,
}

impl StepStatus {
    /// Every status, in the order of a step's life.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Queued,
        Self::Running,
        Self::Succeeded,
        Self::Dead,
        Self::Skipped,
        Self::Cancelled,
    ];

    /// The word for this status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Dead => "dead",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more happens to it in this life of the job.
    pub fn is_final(self) -> bool {
        match self {
            Self::Waiting | Self::Queued | Self::Running => false,
            Self::Succeeded | Self::Dead | Self::Skipped | Self::Cancelled => true,
        }
    }
}

impl std::str::FromStr for StepStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(())
    }
}

/// How far a job is: one entry per step, with counts in place of its branches. It is small whatever the fan-out,
/// and kept with the job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// In the order of [`Workflow::steps`](super::Workflow::steps).
    pub(super) steps: Vec<StepProgress>,
    /// Set when the job is on its way to an end other than success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ending: Option<JobEnd>,
    /// What succeeded and has a compensation, in the order in which it ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) undo: Vec<StepIndex>,
    /// Whether the job has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) has_ended: bool,
}

impl Progress {
    /// How far a step is.
    pub fn step(&self, step: StepIndex) -> Option<&StepProgress> {
        self.steps.get(step.as_usize())
    }

    /// Why the job ends, once it cannot succeed any more: its running compensable steps and its compensations
    /// may still be under way.
    pub fn ending(&self) -> Option<&JobEnd> {
        self.ending.as_ref()
    }

    /// Whether the job has ended.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }
}

/// How far a step is. What is in no other count waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepProgress {
    /// Where it stands.
    pub status: StepStatus,
    /// Its branches; 1 for a step that is not a fan-out. Zero until it is known.
    pub total: u32,
    /// Those that are queued or running.
    #[serde(skip_serializing_if = "is_zero")]
    pub active: u32,
    /// Those that succeeded.
    #[serde(skip_serializing_if = "is_zero")]
    pub succeeded: u32,
    /// Those that were given up.
    #[serde(skip_serializing_if = "is_zero")]
    pub dead: u32,
    /// Those that ended because the job ends.
    #[serde(skip_serializing_if = "is_zero")]
    pub cancelled: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl StepProgress {
    /// The branches that are not yet queued.
    pub fn waiting(&self) -> u32 {
        let begun = self
            .active
            .saturating_add(self.succeeded)
            .saturating_add(self.dead)
            .saturating_add(self.cancelled);
        self.total.saturating_sub(begun)
    }
}

/// How a job ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum JobEnd {
    /// Every step ended well. The job's result is that of this step, `null` when it was skipped.
    Succeeded {
        /// See [`Workflow::output`](super::Workflow::output).
        output: StepIndex,
    },
    /// A step was given up, or the job ran out of time.
    Dead {
        /// The step that failed first, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepIndex>,
        /// Why.
        error: JobError,
    },
    /// By request.
    Cancelled,
}

/// What happened to a job. The life of one branch between `queued` and its end (leases, retries, crashes) is the
/// store's: the machine is told how it ended, once.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The job was accepted.
    Submitted,
    /// A branch, or a step that is not a fan-out, has its result. In a fan-out the result of the step is the
    /// list of the results of its branches in their order, once all have one.
    Succeeded {
        /// The step.
        step: StepIndex,
    },
    /// A branch, or a step that is not a fan-out, failed and is not tried again.
    GaveUp {
        /// The step.
        step: StepIndex,
        /// Why.
        error: JobError,
    },
    /// Someone wants the job to end.
    Cancelled,
    /// The job must end: its deadline has passed, or it took the daemon down too often.
    Expired {
        /// Which of them.
        error: JobError,
    },
    /// A dead job is begun anew. What succeeded is kept, unless compensations have undone it.
    Replayed,
}

/// What has to be written, in this order, in the transaction that writes the event and the new [`Progress`].
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The step gets a branch for each item, numbered from 0, all `waiting`. Not for a step without `for_each`,
    /// whose only branch has the number 0 and comes into being when it is queued.
    FanOut {
        /// The step.
        step: StepIndex,
        /// The item of each branch, for [`Scope::item`](super::Scope::item).
        items: Vec<serde_json::Value>,
    },
    /// A compensation gets a `waiting` branch with the number and the item of each `succeeded` branch of the
    /// step that it undoes.
    Undo {
        /// The compensation.
        step: StepIndex,
        /// What it undoes.
        of: StepIndex,
    },
    /// The next so many `waiting` branches of the step, by their numbers, become `queued`, due at once.
    Queue {
        /// The step.
        step: StepIndex,
        /// How many.
        count: u32,
    },
    /// The branches of the step that have not ended become `cancelled`; a running one loses its lease, unless
    /// `spares_running`.
    Cancel {
        /// The step.
        step: StepIndex,
        /// Whether those that are running are let finish.
        spares_running: bool,
    },
    /// The `dead` and `cancelled` branches of the step become `waiting`, their failures forgotten.
    Reopen {
        /// The step.
        step: StepIndex,
    },
    /// All branches of all steps and their results are forgotten.
    Reset,
    /// The step has ended as a whole. Nothing to write but a hop.
    StepEnded {
        /// The step.
        step: StepIndex,
        /// How.
        status: StepStatus,
    },
    /// The job ends.
    End(JobEnd),
}
