//! What the job machine needs from a database.
//!
//! Every method is one transaction: it happens wholly or not at all, and is durable before the future is
//! ready. An attempt number is a fencing token: a method that takes a [`Lease`] changes nothing and says
//! [`Fenced::Stale`] when the job is not `running` with exactly that attempt, so a late worker cannot write.

use platen_core::clock::Timestamp;
use platen_core::job::{Answer, Hop, JobError, JobId, JobSnapshot, JobSpec, JobStatus, SiteId, Usage};
use platen_core::wire::{JobRef, Receipt, Submit, Trace};

use crate::storage::StoreFuture;

/// The side of clients and operators.
pub trait JobStore: Send + Sync {
    /// Keeps a new job as `queued`, or finds the one that was submitted before.
    /// In one transaction: look up by idempotency key and by id, compare the work, insert job and hop.
    fn submit(&self, request: Submit, now: Timestamp) -> StoreFuture<'_, Submitted>;

    /// The same for several jobs in one transaction; gives what became of each, in their order.
    fn submit_many(&self, requests: Vec<Submit>, now: Timestamp) -> StoreFuture<'_, Vec<Submitted>>;

    /// The job as it stands, `None` when the site has no such job.
    fn snapshot(&self, job: JobRef) -> StoreFuture<'_, Option<JobSnapshot>>;

    /// What happened to the job, oldest first, `None` when the site has no such job.
    fn trace(&self, job: JobRef) -> StoreFuture<'_, Option<Trace>>;

    /// Ends a `queued` or `running` job as `cancelled`.
    /// In one transaction: status, hop, webhook delivery. The worker of a running job loses its lease.
    fn cancel(&self, job: JobRef, now: Timestamp) -> StoreFuture<'_, Changed>;

    /// Puts a `dead` job back to `queued`, with its failures forgotten.
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
    /// Puts `running` jobs without a worker back to `queued`, due at once, or ends them as `dead` with
    /// `poison` when that was their `poison_after`th crash. In one transaction for all of them.
    fn recover(&self, now: Timestamp, orphans: Orphans, poison_after: u32) -> StoreFuture<'_, Recovery>;

    /// Takes up to `limit` due jobs, oldest due first: each becomes `running` with its next attempt number.
    fn lease(&self, now: Timestamp, until: Timestamp, limit: usize) -> StoreFuture<'_, Vec<LeasedJob>>;

    /// When the next `queued` job is due, `None` without one.
    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>>;

    /// Holds a lease longer.
    fn renew(&self, lease: Lease, until: Timestamp) -> StoreFuture<'_, Fenced>;

    /// Keeps text that the provider sent, after what was kept before.
    fn append(&self, lease: Lease, text: String) -> StoreFuture<'_, Fenced>;

    /// Ends the job as `succeeded`.
    /// In one transaction: answer, usage, status, attempt, hops, webhook delivery.
    fn complete(&self, lease: Lease, now: Timestamp, end: Completed) -> StoreFuture<'_, Fenced>;

    /// Ends the attempt without an answer; its partial text stays with the attempt.
    /// In one transaction: attempt, hops, status; for [`AfterFailure::Dead`] also the webhook delivery.
    fn fail(&self, lease: Lease, now: Timestamp, end: Failed) -> StoreFuture<'_, Fenced>;

    /// Puts a job back to `queued`, due at once, without counting a failure: the daemon drains.
    fn give_back(&self, lease: Lease, now: Timestamp) -> StoreFuture<'_, Fenced>;

    /// Takes away some of the rows that are of no use any more: jobs that ended before `ended_before` and
    /// whose webhooks are settled, stream tokens that have expired.
    fn sweep(&self, now: Timestamp, ended_before: Timestamp) -> StoreFuture<'_, Swept>;
}

/// What became of a submitted job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is durable; or it was already, see [`Receipt::is_duplicate`].
    Kept(Receipt),
    /// The key or the id belongs to a job with other work.
    Conflict {
        /// That job.
        job_id: JobId,
    },
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

/// Proof that a worker holds a job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// The attempt, unique for the whole life of the job, replays included.
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

/// A job that was leased.
#[derive(Clone, Debug)]
pub struct LeasedJob {
    /// The proof.
    pub lease: Lease,
    /// Whose job it is.
    pub site: SiteId,
    /// What is to be done.
    pub spec: JobSpec,
    /// When it became due.
    pub due_at: Timestamp,
    /// How many attempts have failed in this life of the job.
    pub failures: u32,
    /// When the daemon accepted the job, or when it was replayed: the job's deadline counts from here.
    pub life_began_at: Timestamp,
}

/// The end of a job that was answered.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The answer.
    pub answer: Answer,
    /// What it used.
    pub usage: Usage,
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
    /// How the job goes on.
    pub next: AfterFailure,
}

/// How a job goes on after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Queued again, due at this time.
    RetryAt(Timestamp),
    /// Given up.
    Dead,
}

/// Which `running` jobs have no worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// All: this process has only just started.
    OfPreviousProcess,
    /// Those whose lease ran out: their task has failed or hangs.
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

/// How much a sweep took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Ended jobs with all that belongs to them.
    pub jobs: usize,
    /// Stream tokens.
    pub leftovers: usize,
    /// Whether another sweep would find more at once.
    pub has_more: bool,
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
