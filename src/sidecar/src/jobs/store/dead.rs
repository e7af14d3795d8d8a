use platen_core::clock::Timestamp;
use platen_core::job::{Cause, JobError, JobId, SiteId};
use platen_core::wire::JobRef;

use serde::Serialize;

use super::ListedJob;
use crate::storage::StoreFuture;

/// What operators do about dead letters.
pub trait DeadStore: Send + Sync {
    /// Dead jobs that match, the newest end first.
    fn dead(&self, filter: DeadFilter, limit: u32) -> StoreFuture<'_, Vec<DeadLetter>>;

    /// How many dead jobs match.
    fn count_dead(&self, filter: DeadFilter) -> StoreFuture<'_, u64>;

    /// Every attempt at a job with its error, oldest first; `None` when the site has no such job.
    fn attempts(&self, job: JobRef) -> StoreFuture<'_, Option<Vec<AttemptRecord>>>;

    /// Puts up to `limit` matching dead jobs that have their content back to `queued`, the oldest end first; gives
    /// their ids.
    /// In one transaction for all of them.
    fn replay_dead(&self, filter: DeadFilter, limit: u32, now: Timestamp) -> StoreFuture<'_, Vec<JobId>>;

    /// Removes up to `limit` matching dead jobs whose webhooks are settled; gives how many.
    /// In one transaction for all of them.
    fn drop_dead(&self, filter: DeadFilter, limit: u32) -> StoreFuture<'_, u64>;
}

/// What takes old and unwanted content away.
pub trait RetentionStore: Send + Sync {
    /// Takes away some of the rows that are of no use any more: jobs that ended before `ended_before` and
    /// whose webhooks are settled, stream tokens that have expired, shares that mean
    /// nothing.
    fn sweep(&self, now: Timestamp, ended_before: Timestamp) -> StoreFuture<'_, Swept>;

    /// Takes prompts, answers, subjects and texts of errors out of up to `limit` jobs of the site that ended
    /// before this time; their rows stay for the figures. `None` stands for every site without a rule of its own.
    fn purge(&self, rule: PurgeRule, limit: u32, now: Timestamp) -> StoreFuture<'_, u64>;

    /// Removes jobs of one subject with all that belongs to them, running ones too; up to `limit` at once. With them go
    /// the budgets whose key is the subject.
    fn erase(&self, site: SiteId, subject: String, limit: u32) -> StoreFuture<'_, Erased>;

    /// Gives up to this many unused pages of the file back to the disk; says whether there are more.
    fn shrink(&self, pages: u32) -> StoreFuture<'_, bool>;
}

/// Which ended jobs lose their content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurgeRule {
    /// Of these sites only; `None` for all but `except`.
    pub site: Option<SiteId>,
    /// Sites with rules of their own.
    pub except: Vec<SiteId>,
    /// Those that ended before.
    pub ended_before: Timestamp,
}

/// Which dead jobs are meant. An empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadFilter {
    /// Only this one.
    pub job_id: Option<JobId>,
    /// Only this site's.
    pub site: Option<SiteId>,
    /// Only those that died of this.
    pub cause: Option<Cause>,
    /// Only those that died at this time or later.
    pub since: Option<Timestamp>,
    /// Only those that died before this time.
    pub until: Option<Timestamp>,
    /// Whether those are meant, too, whose content was purged: they cannot be replayed.
    pub content: Content,
}

/// What a dead job still has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Whatever it is.
    #[default]
    Any,
    /// All that it takes to be replayed.
    Kept,
}

/// A dead job.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The job as it stands.
    pub job: ListedJob,
    /// Why it is dead.
    pub cause: Cause,
    /// When it died.
    pub died_at: Timestamp,
}

/// One attempt at one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptRecord {
    /// The step's name.
    pub step: String,
    /// Which item of a list it worked on.
    pub branch: Option<u32>,
    /// Its number.
    pub attempt: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended; `None` while it runs.
    pub ended_at: Option<Timestamp>,
    /// `succeeded`, `failed` or `abandoned`; `None` while it runs.
    pub outcome: Option<String>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// What the provider had sent when the attempt ended without an answer.
    pub partial_text: Option<String>,
}

/// How much a sweep took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Ended jobs with all that belongs to them.
    pub jobs: usize,
    /// Stream tokens and shares.
    pub leftovers: usize,
    /// Whether another sweep would find more at once.
    pub has_more: bool,
}

/// How much of a subject was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The jobs: those that ran are to be stopped.
    pub jobs: Vec<JobId>,
    /// Webhooks that were not delivered yet, removed with them.
    pub deliveries: u64,
    /// Budgets with all their reservations.
    pub budgets: u64,
    /// Whether there are more.
    pub has_more: bool,
}
