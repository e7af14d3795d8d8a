//! What streams need from a database.

use platen_core::job::JobSnapshot;
use platen_core::wire::JobRef;

use crate::storage::StoreFuture;

/// Keeps what a job has said so far.
pub trait StreamStore: Send + Sync {
    /// The job as it stands and its text, of one moment; `None` when the site has no such job.
    fn progress(&self, job: JobRef) -> StoreFuture<'_, Option<StoredProgress>>;
}

/// A job as the database has it.
#[derive(Clone, Debug)]
pub struct StoredProgress {
    /// The job.
    pub job: JobSnapshot,
    /// What the attempt that gives its answer has kept so far; `None` while no such attempt runs.
    pub running_text: Option<String>,
}
