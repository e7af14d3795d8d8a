//! What the job machine needs from a database.
//!
//! Every method is one transaction: it happens wholly or not at all, and is durable before the future is
//! ready. An attempt number is a fencing token: a method that takes a [`Lease`] changes nothing and says
//! [`Fenced::Stale`] when the step is not `running` with exactly that attempt, so a late worker cannot write.

mod dead;
mod submission;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use platen_core::clock::Timestamp;
use platen_core::job::{Answer, Hop, JobError, JobId, JobSnapshot, JobSpec, JobStatus, SiteId, Usage};
use platen_core::wire::{JobRef, Trace};
use platen_core::workflow::{Action, ActionError, Scope, Step, StepIndex};
use serde_json::Value;

use super::schedule::{Overview, Pick};
use crate::storage::StoreFuture;

pub use dead::{
    AttemptRecord, Content, DeadFilter, DeadLetter, DeadStore, Erased, PurgeRule, RetentionStore, Swept,
};
pub use submission::{LoadedWorkflow, NewJob, SubmitTerms, Submitted};

/// The side of clients and operators.
pub trait JobStore: Send + Sync {
    /// Keeps new jobs as `queued`, or finds those that were submitted before; the answers are in the order of
    /// the jobs. In one transaction for all of them, for each: look up by idempotency key and by id and
    /// compare the work, look for the same input of a moment ago, insert job and step.
    fn submit(&self, jobs: Vec<NewJob>, now: Timestamp) -> StoreFuture<'_, Vec<Submitted>>;

    /// The job as it stands, `None` when the site has no such job.
    fn snapshot(&self, job: JobRef) -> StoreFuture<'_, Option<JobSnapshot>>;

    /// What happened to the job, oldest first, `None` when the site has no such job.
    fn trace(&self, job: JobRef) -> StoreFuture<'_, Option<Trace>>;

    /// Ends a `queued` or `running` job as `cancelled`.
    /// In one transaction: steps, status, hop, webhook delivery. The workers of running steps lose their leases.
    fn cancel(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed>;

    /// Puts a `dead` job back to `queued`, with its failures forgotten. Steps that succeeded keep their results. One whose
    /// content was purged stays dead.
    fn replay(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed>;

    /// The newest jobs first.
    fn list(&self, filter: JobFilter) -> StoreFuture<'_, Vec<ListedJob>>;

    /// How many jobs stand where, in the order of [`JobStatus::ALL`].
    fn counts(&self) -> StoreFuture<'_, Vec<(JobStatus, u64)>>;

    /// Writes something durable and throws it away: tells whether jobs can be accepted at all.
    fn probe(&self) -> StoreFuture<'_, ()>;
}

/// The side of the worker.
pub trait WorkStore: Send + Sync {
    /// Puts `running` steps without a worker back to `queued`, due at once, or ends their jobs as `dead` with
    /// `poison` when that was their `poison_after`th crash. In one transaction for all of them.
    fn recover(&self, now: Timestamp, orphans: Orphans, poison_after: u32) -> StoreFuture<'_, Recovery>;

    /// Takes due steps: each becomes `running` with its next attempt number.
    /// In one transaction: queued jobs whose deadline has passed are ended as `dead`, steps whose `run_at` has
    /// come are given their turns, `policy` sees the overview and decides, and the heads of its lanes are taken.
    fn lease(&self, request: LeaseRequest, policy: Policy) -> StoreFuture<'_, Leased>;

    /// When a step that is not due now becomes due, or the deadline of a queued job passes; `None` without one.
    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>>;

    /// What the branch of a workflow works with; `None` when the lease is lost. A single job needs none of it.
    fn input(&self, lease: Lease) -> StoreFuture<'_, Option<StepInput>>;

    /// Holds a lease longer.
    fn renew(&self, lease: Lease, until: Timestamp) -> StoreFuture<'_, Fenced>;

    /// Keeps text that the provider sent, after what was kept before.
    fn append(&self, lease: Lease, text: String) -> StoreFuture<'_, Fenced>;

    /// Ends the step as `succeeded`, and the job with it when the graph has nothing more to do.
    /// In one transaction: result, usage, status, attempt, hops, steps that may begin now, webhook delivery.
    fn complete(&self, lease: Lease, now: Timestamp, end: Completed) -> StoreFuture<'_, StepEnd>;

    /// Ends the attempt without an answer; its partial text stays with the attempt.
    /// In one transaction: attempt, hops, status; for [`AfterFailure::Dead`] also the webhook delivery.
    fn fail(&self, lease: Lease, now: Timestamp, end: Failed) -> StoreFuture<'_, StepEnd>;

    /// Puts a step back to `queued` without counting a failure: due at once and before all others when the
    /// daemon drains, or later when it must not be tried now.
    fn give_back(&self, lease: Lease, now: Timestamp, run_at: Timestamp) -> StoreFuture<'_, Fenced>;
}

/// Decides how many steps of which lanes are taken, given what waits and how many slots are free. Called
/// inside the transaction: it must not block.
pub type Policy = Arc<dyn Fn(&Overview, usize) -> Vec<Pick> + Send + Sync>;

/// Who asks for work.
#[derive(Clone, Debug)]
pub struct LeaseRequest {
    /// The present time.
    pub now: Timestamp,
    /// Until when the leases hold without a sign of life.
    pub until: Timestamp,
    /// At most so many steps.
    pub slots: usize,
    /// The name of the daemon: the same for all processes that follow each other, another for those beside it.
    pub owner: String,
}

/// What became of a request for work.
#[derive(Debug, Default)]
pub struct Leased {
    /// The steps taken.
    pub jobs: Vec<LeasedJob>,
    /// Jobs that were ended because their deadline had passed while they waited.
    pub expired: Vec<(SiteId, JobId)>,
}

/// What became of a change of status.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// The job after the change.
    To(Box<JobSnapshot>),
    /// The job's status does not allow the change; the job as it stands.
    Not(Box<JobSnapshot>),
    /// The site has no such job.
    NotFound,
}

/// Proof that a worker holds a step of a job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// The job's number in the store.
    pub job_no: i64,
    /// The step's place in the definition; 0 in the graph of one step.
    pub step: u16,
    /// Which item of a list it works on; 0 for a step without a list.
    pub branch: u32,
    /// The attempt, unique for the whole life of the branch, replays included.
    pub attempt: u32,
}

/// Whether a change under a [`Lease`] was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Fenced {
    /// The change was made.
    Held,
    /// The lease was lost (cancelled, or taken over after it ran out): nothing was changed.
    Stale,
}

/// What became of the end of an attempt.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum StepEnd {
    /// It was written; here is the job, when that has ended with it.
    Written(Option<Box<JobSnapshot>>),
    /// The lease was lost: nothing was changed.
    Stale,
}

impl StepEnd {
    /// Whether it was written.
    pub fn fenced(&self) -> Fenced {
        match self {
            Self::Written(_) => Fenced::Held,
            Self::Stale => Fenced::Stale,
        }
    }
}

/// A step that a worker has taken.
#[derive(Clone, Debug, PartialEq)]
pub struct LeasedJob {
    /// Needed for every change.
    pub lease: Lease,
    /// Whose job it is.
    pub site: SiteId,
    /// What was submitted.
    pub spec: JobSpec,
    /// When it became due.
    pub due_at: Timestamp,
    /// Failed attempts of this life, before this one.
    pub failures: u32,
    /// When this life of the job must have ended.
    pub deadline: Timestamp,
}

/// What the branch of a workflow works with.
#[derive(Clone, Debug)]
pub struct StepInput {
    /// The step, by the definition that the job was accepted with.
    pub step: Step,
    /// Whether its text is the job's answer, and streamed.
    pub is_output: bool,
    /// The job's input.
    pub input: Value,
    /// The results of the steps that it reads.
    pub results: BTreeMap<StepIndex, Value>,
    /// The item of a fan-out, else `null`.
    pub item: Value,
    /// In a compensation the result of what it undoes, else `null`.
    pub undone: Value,
}

impl StepInput {
    /// What is to be done, with the parameters filled in.
    ///
    /// # Errors
    /// [`ActionError`] when a value that was not known before does not fit.
    pub fn action(&self, branch: u32) -> Result<Action, ActionError> {
        let results = self.results.iter().map(|(step, result)| (*step, Cow::Borrowed(result)));
        self.step.action(&Scope {
            input: Cow::Borrowed(&self.input),
            results: results.collect(),
            item: Cow::Borrowed(&self.item),
            branch,
            result: Cow::Borrowed(&self.undone),
        })
    }
}

/// What a step gave.
#[derive(Clone, Debug, PartialEq)]
pub enum StepOutput {
    /// A model's answer.
    Answer(Answer),
    /// Anything else.
    Value(Value),
}

/// The end of a step that gave a result.
#[derive(Clone, Debug)]
pub struct Completed {
    /// What it gave.
    pub output: StepOutput,
    /// What it used; `None` when it called no model.
    pub usage: Option<Usage>,
    /// What happened in this attempt, oldest first.
    pub hops: Vec<Hop>,
}

/// The end of an attempt that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    /// Why.
    pub error: JobError,
    /// What the attempt used, as far as the provider said.
    pub usage: Option<Usage>,
    /// What happened in this attempt, oldest first.
    pub hops: Vec<Hop>,
    /// How the step goes on.
    pub next: AfterFailure,
}

/// How a step goes on after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Queued again, due at this time.
    RetryAt(Timestamp),
    /// Given up.
    Dead,
}

/// Which `running` steps have no worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// All that this owner holds: its process has only just started.
    OfPreviousProcess {
        /// See [`LeaseRequest::owner`].
        owner: String,
    },
    /// Those whose lease ran out: their task has failed or hangs, or their daemon is gone.
    OfExpiredLease,
}

/// What was found without a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Jobs that go on.
    pub requeued: Vec<(SiteId, JobId)>,
    /// Jobs that took the daemon down too often; they have ended.
    pub poisoned: Vec<(SiteId, JobId)>,
}

/// Which jobs to list.
#[derive(Clone, Debug)]
pub struct JobFilter {
    /// Only this site's.
    pub site: Option<SiteId>,
    /// Only those that stand here.
    pub status: Option<JobStatus>,
    /// At most so many.
    pub limit: u32,
}

/// A job in a list.
#[derive(Clone, Debug)]
pub struct ListedJob {
    /// Whose job it is.
    pub site: SiteId,
    /// The job as it stands.
    pub snapshot: JobSnapshot,
}
