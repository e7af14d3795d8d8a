//! From a request to the use case that answers it.

use std::sync::Arc;

use platen_core::clock::{Clock, Timestamp};
use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use platen_core::limits::{MAX_BATCH_JOBS, MAX_FRAME_BYTES, MAX_JOB_BYTES, MAX_WAIT};
use platen_core::wire::{
    DaemonLimits, Description, PROTOCOL_VERSION, Pong, RateDecision, RateRequest, Receipt, Refusal, Reply,
    Request, Submit,
};
use platen_limits::uptime_micros;
use tokio_util::sync::CancellationToken;

use crate::budgets::{BudgetError, Budgets};
use crate::jobs::{
    self, Accepted, BatchError, ChangeError, Jobs, LookupError, MAX_WAITERS, SubmitError, WaitError,
};
use crate::ratelimit::RateLimiter;
use crate::results::{Results, ResultsError};
use crate::storage::StoreError;
use crate::telemetry::{Metrics, names};

/// What this daemon can do beyond handing over one job, as [`Description::features`] tells it.
const FEATURES: [&str; 6] = ["accept", "budget", "push", "results", "submit_many", "wait"];

/// Answers requests.
pub struct Dispatcher {
    /// The job machine.
    pub jobs: Arc<Jobs>,
    /// Takes jobs that are acknowledged before they are durable.
    pub accepted: Accepted,
    /// The spending limits.
    pub budgets: Arc<Budgets>,
    /// What sites were not told of.
    pub results: Arc<Results>,
    /// The rate limits.
    pub rates: Arc<RateLimiter>,
    /// Counts requests.
    pub metrics: Arc<Metrics>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// When the daemon began to serve.
    pub started_at: Timestamp,
    /// Fires when nobody should be kept waiting.
    pub draining: CancellationToken,
}

impl Dispatcher {
    /// Answers one request; a failure is an answer too. `None` when nobody wants an answer.
    pub async fn answer(&self, request: Request) -> Option<Reply> {
        let name = name(&request);
        let is_answered = !matches!(request, Request::Push(_));
        let reply = self.call(request).await;
        let outcome = reply.as_ref().map_or_else(|refusal| refusal.code.as_str(), |_| "ok");
        self.metrics.ipc_request(name, outcome);
        if let (false, Err(refusal)) = (is_answered, &reply) {
            tracing::warn!(
                { names::ERROR_CODE } = refusal.code.as_str(),
                { names::ERROR } = refusal.message,
                "a job that came without a wish for an answer was refused"
            );
        }
        is_answered.then(|| reply.unwrap_or_else(Reply::Refusal))
    }

    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        let jobs = &self.jobs;
        Ok(match request {
            Request::Ping => Reply::Pong(self.pong()),
            Request::Accept(submit) | Request::Push(submit) => Reply::Receipt(self.accept(*submit).await?),
            Request::SubmitMany(batch) => Reply::Receipts(jobs::submit_many(jobs, batch).await?),
            Request::Wait(wait) => Reply::Job(Box::new(jobs::wait(jobs, wait, &self.draining).await?)),
            Request::Reserve(reserve) => Reply::Reservation(self.budgets.reserve(reserve).await?),
            Request::Settle(settle) => Reply::Settlement(self.budgets.settle(settle).await?),
            Request::Results(request) => {
                Reply::ResultPage(Box::new(self.results.page(request, &self.draining).await?))
            }
            Request::ReadAnswer(request) => {
                Reply::AnswerPart(Box::new(self.results.answer_part(request).await?))
            }
            Request::Describe => Reply::Description(Box::new(self.description())),
            Request::Submit(submit) => Reply::Receipt(jobs::submit(jobs, *submit).await?),
            Request::Status(job) => Reply::Job(Box::new(jobs::snapshot(jobs, job).await?)),
            Request::Cancel(job) => Reply::Job(Box::new(jobs::cancel(jobs, job).await?)),
            Request::Retry(job) => Reply::Job(Box::new(jobs::replay(jobs, job).await?)),
            Request::Trace(job) => Reply::Hops(jobs::trace(jobs, job).await?),
            Request::RateLimit(rate) => Reply::RateDecision(self.take(&rate)?),
        })
    }

    async fn accept(&self, submit: Submit) -> Result<Receipt, SubmitError> {
        let job_id = submit.job.id.clone();
        self.accepted.take(&self.jobs, submit).await?;
        Ok(Receipt { job_id, status: JobStatus::Queued, is_duplicate: false })
    }

    fn take(&self, rate: &RateRequest) -> Result<RateDecision, Refusal> {
        let decision = self.rates.take(rate, uptime_micros());
        decision.map_err(|error| refuse(ErrorCode::InvalidRequest, &error))
    }

    fn pong(&self) -> Pong {
        let uptime = self.clock.now().since(self.started_at);
        Pong {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: PROTOCOL_VERSION,
            pid: std::process::id(),
            uptime_ms: u64::try_from(uptime.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn description(&self) -> Description {
        let Pong { version, protocol, pid, uptime_ms } = self.pong();
        let limits = DaemonLimits {
            frame_bytes: MAX_FRAME_BYTES,
            job_bytes: MAX_JOB_BYTES,
            batch_jobs: MAX_BATCH_JOBS,
            wait_ms: u64::try_from(MAX_WAIT.as_millis()).unwrap_or(u64::MAX),
            waiters: MAX_WAITERS,
        };
        let features = FEATURES.map(str::to_owned).to_vec();
        Description { version, protocol, pid, uptime_ms, limits, models: self.jobs.model_names(), features }
    }
}

fn name(request: &Request) -> &'static str {
    match request {
        Request::Ping => "ping",
        Request::Submit(_) => "submit",
        Request::Status(_) => "status",
        Request::Cancel(_) => "cancel",
        Request::Retry(_) => "retry",
        Request::Trace(_) => "trace",
        Request::RateLimit(_) => "rate_limit",
        Request::Accept(_) => "accept",
        Request::Push(_) => "push",
        Request::SubmitMany(_) => "submit_many",
        Request::Wait(_) => "wait",
        Request::Reserve(_) => "reserve",
        Request::Settle(_) => "settle",
        Request::Describe => "describe",
        Request::Results(_) => "results",
        Request::ReadAnswer(_) => "read_answer",
    }
}

/// Tells the client, and the log when it is the daemon's own failure.
fn refuse(code: ErrorCode, error: &(dyn std::error::Error + 'static)) -> Refusal {
    if matches!(code, ErrorCode::StoreUnavailable | ErrorCode::Internal) {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<StoreError>());
        tracing::error!(
            { names::ERROR_CODE } = code.as_str(),
            { names::ERROR } = cause.map_or_else(|| error.to_string(), StoreError::report),
            "a request on the socket failed"
        );
    }
    Refusal { code, message: error.to_string() }
}

impl From<SubmitError> for Refusal {
    fn from(error: SubmitError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<ChangeError> for Refusal {
    fn from(error: ChangeError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<BatchError> for Refusal {
    fn from(error: BatchError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<WaitError> for Refusal {
    fn from(error: WaitError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<BudgetError> for Refusal {
    fn from(error: BudgetError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<ResultsError> for Refusal {
    fn from(error: ResultsError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<LookupError> for Refusal {
    fn from(error: LookupError) -> Self {
        refuse(error.code(), &error)
    }
}
