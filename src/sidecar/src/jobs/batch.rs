use platen_core::code::ErrorCode;
use platen_core::job::JobSpec;
use platen_core::limits::MAX_BATCH_JOBS;
use platen_core::wire::{BatchItem, Receipts, Refusal, Submit, SubmitMany};
use thiserror::Error;

use super::store::{NewJob, Submitted};
use super::{Jobs, SubmitError, submit};
use crate::storage::StoreError;

/// A batch was not taken. Nothing was kept of it.
#[derive(Debug, Error)]
pub enum BatchError {
    /// It is empty or too long.
    #[error("a batch has 1 to {MAX_BATCH_JOBS} jobs")]
    Length,
    /// The database failed.
    #[error("the jobs could not be kept")]
    Store(#[from] StoreError),
}

impl BatchError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Length => ErrorCode::InvalidRequest,
            Self::Store(error) => error.code(),
        }
    }
}

/// Takes several jobs in one transaction. One that cannot be taken is refused alone; the others are durable when
/// this returns.
///
/// # Errors
/// [`BatchError`]
pub async fn submit_many(jobs: &Jobs, batch: SubmitMany) -> Result<Receipts, BatchError> {
    if batch.jobs.is_empty() || batch.jobs.len() > MAX_BATCH_JOBS {
        return Err(BatchError::Length);
    }
    let mut items = Vec::with_capacity(batch.jobs.len());
    let mut taken = Vec::with_capacity(batch.jobs.len());
    for text in &batch.jobs {
        let checked = match serde_json::from_str::<JobSpec>(text.get()) {
            Ok(job) => {
                let request = Submit { site: batch.site.clone(), job };
                submit::prepare(jobs, request).await.map_err(|error| refusal(&error))
            }
            // Its text may quote what the job holds.
            Err(_) => Err(Refusal {
                code: ErrorCode::InvalidRequest,
                message: "the job is not of the documented form".to_owned(),
            }),
        };
        match checked {
            Ok(job) => {
                taken.push(job);
                items.push(None);
            }
            Err(refusal) => items.push(Some(BatchItem::Refusal(refusal))),
        }
    }
    let outcomes = keep(jobs, &taken).await?;
    let mut outcomes = taken.iter().zip(outcomes).map(|(job, outcome)| match outcome {
        Submitted::Kept(receipt) => {
            submit::announce(jobs, &job.site, &job.spec.request_id, &receipt);
            BatchItem::Receipt(receipt)
        }
        Submitted::Conflict { job_id } => BatchItem::Refusal(refusal(&SubmitError::Conflict { job_id })),
    });
    let receipts = items.into_iter().filter_map(|item| item.or_else(|| outcomes.next())).collect();
    Ok(Receipts { receipts })
}

async fn keep(jobs: &Jobs, taken: &[NewJob]) -> Result<Vec<Submitted>, StoreError> {
    if taken.is_empty() { Ok(Vec::new()) } else { jobs.store.submit(taken.to_vec(), jobs.now()).await }
}

fn refusal(error: &SubmitError) -> Refusal {
    Refusal { code: error.code(), message: error.to_string() }
}
