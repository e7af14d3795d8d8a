//! Writing how an attempt ended.

use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::job::{Answer, Hop, JobError, JobSnapshot, Usage, Work};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Attempt;
use crate::jobs::models::Route;
use crate::jobs::retry::{Failure, after_failure};
use crate::jobs::store::{AfterFailure, Completed, Failed, Fenced, StepEnd, StepOutput};
use crate::providers::{Finish, RetryAdvice};
use crate::storage::StoreFuture;
use crate::telemetry::names;

/// How long to leave a database alone that refused to write an end.
const STORE_RETRY: Duration = Duration::from_millis(500);

impl Attempt<'_> {
    pub(super) async fn complete(
        &self,
        route: &Route,
        finish: Finish,
        text: String,
        usage: Usage,
        hops: Vec<Hop>,
    ) {
        let jobs = self.jobs;
        jobs.metrics.tokens_used(route.provider.name(), &usage);
        let (input_tokens, output_tokens) = (usage.input_tokens, usage.output_tokens);
        let size_bytes = text.len();
        let answer = Answer {
            text,
            finish_reason: finish.finish_reason.as_str().to_owned(),
            model: finish.model,
            provider: route.provider.name().to_owned(),
        };
        let completed = Completed { output: StepOutput::Answer(answer.clone()), usage: Some(usage), hops };
        if let StepEnd::Written(job) = self.write_completed(&completed).await {
            jobs.responses.keep(&self.job.site, &self.job.spec, answer).await;
            tracing::info!(
                { names::PROVIDER_NAME } = route.provider.name(),
                { names::DURATION_MS } = self.elapsed_ms(),
                { names::SIZE_BYTES } = size_bytes,
                input_tokens,
                output_tokens,
                "a model answered"
            );
            self.announce_end(job).await;
        }
    }

    /// Ends a step that called no model.
    pub(super) async fn give(&self, value: Value) {
        let completed = Completed { output: StepOutput::Value(value), usage: None, hops: Vec::new() };
        if let StepEnd::Written(job) = self.write_completed(&completed).await {
            tracing::info!({ names::DURATION_MS } = self.elapsed_ms(), "a step succeeded");
            self.announce_end(job).await;
        }
    }

    /// Ends the job with an earlier answer, which costs nothing.
    pub(super) async fn complete_from_cache(&self, answer: Answer) {
        let detail = json!({
            "attempt": self.job.lease.attempt,
            "provider": answer.provider,
            "model": answer.model,
        });
        let hops = vec![self.hop(names::HOP_CACHE_HIT, detail)];
        let size_bytes = answer.text.len();
        let usage = Some(Usage::default());
        let completed = Completed { output: StepOutput::Answer(answer), usage, hops };
        if let StepEnd::Written(job) = self.write_completed(&completed).await {
            tracing::info!(
                { names::DURATION_MS } = self.elapsed_ms(),
                { names::SIZE_BYTES } = size_bytes,
                "a job succeeded with an earlier answer"
            );
            self.announce_end(job).await;
        }
    }

    async fn write_completed(&self, completed: &Completed) -> StepEnd {
        let (jobs, lease) = (self.jobs, &self.job.lease);
        let end = self.insist(|| jobs.work.complete(lease.clone(), jobs.now(), completed.clone())).await;
        end.unwrap_or(StepEnd::Stale)
    }

    pub(super) async fn fail(
        &self,
        error: JobError,
        advice: RetryAdvice,
        usage: Option<Usage>,
        mut hops: Vec<Hop>,
    ) {
        let jobs = self.jobs;
        jobs.metrics.attempt_failed(error.code);
        hops.push(self.failure_hop(&error));
        let failure = Failure {
            advice,
            failures: self.job.failures.saturating_add(1),
            deadline: self.job.deadline,
            random: rand::random(),
        };
        let next = after_failure(&jobs.settings, self.terms.retry, failure, jobs.now());
        let (code, message) = (error.code.as_str(), error.message.clone());
        let failed = Failed { error, usage, hops, next };
        let lease = &self.job.lease;
        let outcome = self.insist(|| jobs.work.fail(lease.clone(), jobs.now(), failed.clone())).await;
        let Some(StepEnd::Written(job)) = outcome else { return };
        let duration_ms = self.elapsed_ms();
        match next {
            AfterFailure::RetryAt(run_at) => {
                let wait_ms = millis(run_at.since(jobs.now()));
                tracing::warn!(
                    { names::ERROR_CODE } = code,
                    { names::ERROR } = message,
                    { names::DURATION_MS } = duration_ms,
                    wait_ms,
                    "an attempt failed and will be repeated"
                );
                jobs.wake.notify_one();
            }
            AfterFailure::Dead => {
                tracing::error!(
                    { names::ERROR_CODE } = code,
                    { names::ERROR } = message,
                    { names::DURATION_MS } = duration_ms,
                    "a step was given up"
                );
                self.announce_end(job).await;
            }
        }
    }

    pub(super) async fn give_back(&self) {
        let lease = &self.job.lease;
        let now = self.jobs.now();
        match self.jobs.work.give_back(lease.clone(), now, now).await {
            Ok(Fenced::Held) => tracing::info!("the daemon drains; the job was given back"),
            Ok(Fenced::Stale) => {}
            // The next process finds the job running without a worker and queues it again.
            Err(error) => tracing::error!({ names::ERROR } = error.report(), "a job could not be given back"),
        }
    }

    /// Puts a retry off for which the provider has no room now. It counts as no attempt.
    pub(super) async fn postpone(&self, until: Timestamp) {
        let (jobs, lease) = (self.jobs, &self.job.lease);
        let outcome = self.insist(|| jobs.work.give_back(lease.clone(), jobs.now(), until)).await;
        if outcome == Some(Fenced::Held) {
            let wait_ms = millis(until.since(jobs.now()));
            tracing::info!(wait_ms, "a retry was put off: the provider has had too many of them");
        }
    }

    /// Repeats a question until the database answers it or the daemon stops.
    pub(super) async fn insist<'s, T>(&self, ask: impl Fn() -> StoreFuture<'s, T>) -> Option<T> {
        loop {
            let error = match ask().await {
                Ok(answer) => return Some(answer),
                Err(error) => error,
            };
            tracing::error!(
                { names::ERROR } = error.report(),
                "the store did not do what an attempt needs; it is asked again"
            );
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                () = sleep(STORE_RETRY) => {}
            }
        }
    }

    /// The watchers are told what the store says, so that they and a later reader see the same. Branches that
    /// were running beside this one may have lost their leases with it.
    async fn announce_end(&self, ended: Option<Box<JobSnapshot>>) {
        if matches!(self.job.spec.work, Work::Workflow(_)) {
            self.jobs.stop_lost(&self.job.lease.job_id).await;
        }
        if let Some(job) = ended {
            self.jobs.announce_end(&self.job.site, &job);
        }
    }

    fn elapsed_ms(&self) -> u64 {
        millis(self.jobs.now().since(self.began_at))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
