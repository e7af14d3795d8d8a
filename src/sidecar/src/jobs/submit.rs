use std::sync::Arc;

use platen_core::code::ErrorCode;
use platen_core::job::{InvalidJob, JobId, SiteId, Work};
use platen_core::limits::MAX_JOB_BYTES;
use platen_core::wire::{Receipt, Submit};
use platen_core::workflow::InvalidInput;
use thiserror::Error;

use super::Jobs;
use super::store::{LoadedWorkflow, NewJob, SubmitTerms, Submitted};
use crate::storage::StoreError;
use crate::telemetry::names;

/// A job was not taken. Nothing was kept of it.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// A field is outside its range.
    #[error(transparent)]
    Invalid(#[from] InvalidJob),
    /// The payload is too large.
    #[error("the payload is larger than {MAX_JOB_BYTES} bytes")]
    TooLarge,
    /// Nobody added the site.
    #[error("no site with the id {0} was added to the daemon")]
    UnknownSite(String),
    /// Nobody configured the model.
    #[error("the model {0:?} is not configured")]
    UnknownModel(String),
    /// Nobody configured the workflow.
    #[error("the workflow {0:?} is not configured")]
    UnknownWorkflow(String),
    /// The workflow takes another input.
    #[error("the workflow cannot take the input")]
    Input(#[from] InvalidInput),
    /// The key or the id belongs to another piece of work.
    #[error("the idempotency key or the id belongs to job {job_id}, which has other work")]
    Conflict {
        /// That job.
        job_id: JobId,
    },
    /// The database failed.
    #[error("the job could not be kept")]
    Store(#[from] StoreError),
}

impl SubmitError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::InvalidRequest,
            Self::TooLarge => ErrorCode::PayloadTooLarge,
            Self::UnknownSite(_) => ErrorCode::UnknownSite,
            Self::UnknownModel(_) => ErrorCode::UnknownModel,
            Self::UnknownWorkflow(_) => ErrorCode::UnknownWorkflow,
            Self::Input(error) => error.code(),
            Self::Conflict { job_id: _ } => ErrorCode::IdempotencyConflict,
            Self::Store(error) => error.code(),
        }
    }
}

/// Takes a job. When this returns, the job is on the disk and will end, also after a crash.
///
/// # Errors
/// [`SubmitError`]; only [`SubmitError::Store`] may pass by itself.
pub async fn submit(jobs: &Jobs, request: Submit) -> Result<Receipt, SubmitError> {
    let job = prepare(jobs, request).await?;
    let (site, request_id) = (job.site.clone(), job.spec.request_id.clone());
    let submitted = jobs.store.submit(vec![job], jobs.now()).await?.pop();
    match submitted.ok_or(StoreError::Stopped)? {
        Submitted::Kept(receipt) => {
            announce(jobs, &site, &request_id, &receipt);
            Ok(receipt)
        }
        Submitted::Conflict { job_id } => Err(SubmitError::Conflict { job_id }),
    }
}

/// A job that may be taken.
pub(super) struct Checked {
    request: Submit,
    workflow: Option<Arc<LoadedWorkflow>>,
}

/// Checks whether the job may be taken at all.
///
/// # Errors
/// [`SubmitError`]
pub(super) async fn check(jobs: &Jobs, request: Submit) -> Result<Checked, SubmitError> {
    request.job.validate()?;
    let workflow = check_work(jobs, &request.job.work)?;
    if jobs.sites.find(&request.site).await?.is_none() {
        return Err(SubmitError::UnknownSite(request.site.to_string()));
    }
    Ok(Checked { request, workflow })
}

impl Checked {
    /// Makes the job ready for the store.
    ///
    /// # Errors
    /// [`InvalidJob`] when it has no JSON form.
    pub(super) fn prepare(self, jobs: &Jobs) -> Result<NewJob, InvalidJob> {
        let terms = SubmitTerms {
            default_deadline: jobs.settings.deadline,
            same_input_window: jobs.settings.same_input_window,
        };
        NewJob::new(self.request, self.workflow, terms).map_err(|_| InvalidJob::Temperature)
    }
}

/// Does both.
///
/// # Errors
/// [`SubmitError`]
pub(super) async fn prepare(jobs: &Jobs, request: Submit) -> Result<NewJob, SubmitError> {
    Ok(check(jobs, request).await?.prepare(jobs)?)
}

/// Tells the worker and the log of a job that is durable.
pub(super) fn announce(jobs: &Jobs, site: &SiteId, request_id: &str, receipt: &Receipt) {
    if !receipt.is_duplicate {
        jobs.metrics.job_accepted();
        jobs.wake.notify_one();
    }
    // Not at `info`: ten thousand lines a second would cost as much as the jobs. The trace has the acceptance.
    tracing::debug!(
        { names::JOB_ID } = %receipt.job_id,
        { names::REQUEST_ID } = request_id,
        { names::SITE_ID } = %site,
        is_duplicate = receipt.is_duplicate,
        "a job is durable"
    );
}

/// Checks that somebody configured what the job asks for, and that it is not too large.
fn check_work(jobs: &Jobs, work: &Work) -> Result<Option<Arc<LoadedWorkflow>>, SubmitError> {
    match work {
        Work::Chat(chat) => {
            let text_bytes: usize = chat.messages.iter().map(|message| message.content.len()).sum();
            if text_bytes > MAX_JOB_BYTES {
                return Err(SubmitError::TooLarge);
            }
            if jobs.models.resolve(&chat.model).is_none() {
                return Err(SubmitError::UnknownModel(chat.model.clone()));
            }
            Ok(None)
        }
        Work::Workflow(run) => {
            let loaded = jobs.workflows.get(&run.name);
            let loaded = loaded.ok_or_else(|| SubmitError::UnknownWorkflow(run.name.clone()))?;
            loaded.workflow.check_input(&run.input)?;
            Ok(Some(Arc::clone(loaded)))
        }
    }
}
