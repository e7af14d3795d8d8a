//! From a request to the use case that answers it.

use std::sync::Arc;

use platen_core::clock::{Clock, Timestamp};
use platen_core::code::ErrorCode;
use platen_core::wire::{PROTOCOL_VERSION, Pong, Refusal, Reply, Request};

use crate::jobs::{self, ChangeError, Jobs, LookupError, SubmitError};
use crate::ratelimit::{InvalidRate, RateLimiter};
use crate::storage::StoreError;
use crate::telemetry::{Metrics, names};

/// Answers requests.
pub struct Dispatcher {
    /// The job machine.
    pub jobs: Arc<Jobs>,
    /// The rate limits.
    pub rates: Arc<RateLimiter>,
    /// Counts requests.
    pub metrics: Arc<Metrics>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// When the daemon began to serve.
    pub started_at: Timestamp,
}

impl Dispatcher {
    /// Answers one request; a failure is an answer too.
    pub async fn answer(&self, request: Request) -> Reply {
        let name = name(&request);
        let reply = self.call(request).await.unwrap_or_else(Reply::Refusal);
        let outcome = match &reply {
            Reply::Refusal(refusal) => refusal.code.as_str(),
            Reply::Pong(_) | Reply::Receipt(_) | Reply::Job(_) | Reply::Hops(_) | Reply::RateDecision(_) => {
                "ok"
            }
        };
        self.metrics.ipc_request(name, outcome);
        reply
    }

    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        let jobs = &self.jobs;
        Ok(match request {
            Request::Ping => Reply::Pong(self.pong()),
            Request::Submit(submit) => Reply::Receipt(jobs::submit(jobs, *submit).await?),
            Request::Status(job) => Reply::Job(Box::new(jobs::snapshot(jobs, job).await?)),
            Request::Cancel(job) => Reply::Job(Box::new(jobs::cancel(jobs, job).await?)),
            Request::Retry(job) => Reply::Job(Box::new(jobs::replay(jobs, job).await?)),
            Request::Trace(job) => Reply::Hops(jobs::trace(jobs, job).await?),
            Request::RateLimit(rate) => Reply::RateDecision(self.rates.take(&rate, self.clock.now())?),
        })
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

impl From<LookupError> for Refusal {
    fn from(error: LookupError) -> Self {
        refuse(error.code(), &error)
    }
}

impl From<InvalidRate> for Refusal {
    fn from(error: InvalidRate) -> Self {
        refuse(ErrorCode::InvalidRequest, &error)
    }
}
