//! One attempt at a job: call the provider, pass the text on, keep it, and write how it ended.

mod call;
mod ending;
mod step;

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{ChatPayload, Hop, JobError, Work};
use platen_core::workflow::{Action, StepRetry};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use self::call::{Call, CallEnd, Interrupt};
use super::models::Route;
use super::recorder::Recorder;
use super::store::LeasedJob;
use super::{Jobs, usage};
use crate::providers::RetryAdvice;
use crate::streaming::StreamKey;
use crate::telemetry::names;

/// Makes one attempt and writes how it ended. A failure of the database at the end is tried again until it is
/// written or `stopping` fires; the job is then found and queued again by the next process.
pub(super) async fn run(jobs: Arc<Jobs>, job: LeasedJob, stopping: CancellationToken) {
    let guard = jobs.running.enter(&job.lease);
    let began_at = jobs.now();
    jobs.metrics.job_waited(began_at.since(job.due_at));
    let terms = Terms::default();
    let mut attempt = Attempt { jobs: &jobs, job: &job, began_at, stopping: &stopping, terms };
    attempt.run(&guard.cancelled).await;
    jobs.metrics.attempt_ran(jobs.now().since(began_at));
}

/// What an attempt works with.
struct Attempt<'a> {
    jobs: &'a Arc<Jobs>,
    job: &'a LeasedJob,
    began_at: Timestamp,
    stopping: &'a CancellationToken,
    /// What the definition of a workflow says about the step.
    terms: Terms,
}

/// How a step is tried, where its definition says.
#[derive(Clone, Copy, Default)]
struct Terms {
    retry: Option<StepRetry>,
    timeout: Option<Duration>,
}

/// Whether the text of a step is the job's answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Output,
    Inner,
}

impl Attempt<'_> {
    async fn run(&mut self, cancelled: &CancellationToken) {
        match &self.job.spec.work {
            Work::Chat(chat) => self.chat(chat, Stream::Output, cancelled).await,
            Work::Workflow(_) => self.step(cancelled).await,
        }
    }

    /// One branch of a workflow.
    async fn step(&mut self, cancelled: &CancellationToken) {
        let lease = &self.job.lease;
        let loaded = self.insist(|| self.jobs.work.input(lease.clone())).await;
        let Some(Some(input)) = loaded else {
            tracing::info!("the step was taken away before it began");
            return;
        };
        self.terms = Terms { retry: input.step.retry(), timeout: input.step.timeout() };
        let stream = if input.is_output { Stream::Output } else { Stream::Inner };
        match input.action(lease.branch) {
            Ok(Action::Chat(chat)) => self.chat(&chat, stream, cancelled).await,
            Ok(action) => self.act(action, cancelled).await,
            Err(error) => self.fail(error.into(), RetryAdvice::Never, None, Vec::new()).await,
        }
    }

    async fn chat(&self, chat: &ChatPayload, stream: Stream, cancelled: &CancellationToken) {
        let Some(route) = self.jobs.models.resolve(&chat.model) else {
            let message = format!("the model {:?} is not configured", chat.model);
            let error = JobError { code: ErrorCode::UnknownModel, message };
            return self.fail(error, RetryAdvice::Never, None, Vec::new()).await;
        };
        tracing::info!({ names::PROVIDER_NAME } = route.provider.name(), "an attempt began");
        let key = StreamKey { site: self.job.site.clone(), job: self.job.lease.job_id.clone() };
        let writer = (stream == Stream::Output).then(|| self.jobs.relay.open(&key, self.job.lease.attempt));
        if let Some(answer) = self.jobs.responses.find(&self.job.spec, &self.jobs.metrics).await {
            if let Some(writer) = &writer {
                writer.push(&answer.text);
            }
            self.complete_from_cache(answer).await;
            return drop(writer);
        }
        // Only now: an earlier answer asks nobody.
        if let Some(until) = self.jobs.budgets.put_off(route.provider.name(), self.job, self.jobs.now()) {
            return self.postpone(until).await;
        }
        let mut recorder = self.recorder();
        let mut call = Call::new(self.jobs, self.job, chat, route, writer.as_ref());
        let end = call.run(&mut recorder, self.interrupt(cancelled)).await;
        let Call { text, hops, .. } = call;
        self.finish(end, Received { chat, route, text, hops }, recorder).await;
        // The relay learns of an end from `announce_end`; dropping the writer says "waits" in all other cases.
        drop(writer);
    }

    fn recorder(&self) -> Recorder {
        Recorder::new(
            Arc::clone(&self.jobs.work),
            Arc::clone(&self.jobs.clock),
            self.job.lease.clone(),
            self.jobs.settings.lease,
        )
    }

    fn interrupt<'i>(&'i self, cancelled: &'i CancellationToken) -> Interrupt<'i> {
        let own = self.terms.timeout.map_or(self.job.deadline, |timeout| self.began_at.after(timeout));
        Interrupt { cancelled, stopping: self.stopping, deadline: own.min(self.job.deadline) }
    }

    /// The step's own time may be over before the job's.
    fn too_late(&self) -> (JobError, RetryAdvice) {
        match self.terms.timeout {
            Some(timeout) if self.jobs.now() < self.job.deadline => {
                let message = format!("the step did not end within {timeout:?}");
                (JobError { code: ErrorCode::ProviderTimeout, message }, RetryAdvice::Backoff)
            }
            _ => {
                let message = "the job had not ended by its deadline".to_owned();
                (JobError { code: ErrorCode::DeadlineExceeded, message }, RetryAdvice::Never)
            }
        }
    }

    async fn finish(&self, end: CallEnd, received: Received<'_>, mut recorder: Recorder) {
        let Received { chat, route, text, hops } = received;
        match end {
            CallEnd::Finished(finish) => {
                let usage = usage::of_answer(finish.usage.clone(), &chat.messages, &text, route).await;
                self.complete(route, finish, text, usage, hops).await;
            }
            CallEnd::Failed(error) => {
                recorder.flush().await;
                let usage = usage::of_partial(&chat.messages, &text, route).await;
                let described = JobError { code: error.code(), message: error.to_string() };
                self.fail(described, error.retry(), usage, hops).await;
            }
            CallEnd::DeadlineExceeded => {
                recorder.flush().await;
                let usage = usage::of_partial(&chat.messages, &text, route).await;
                let (error, advice) = self.too_late();
                self.fail(error, advice, usage, hops).await;
            }
            CallEnd::Stopping => {
                recorder.flush().await;
                self.give_back().await;
            }
            CallEnd::LeaseLost => tracing::info!("the job was taken away; the attempt has no effect"),
        }
    }

    fn hop(&self, name: &str, detail: serde_json::Value) -> Hop {
        Hop { name: name.to_owned(), at: self.jobs.now(), detail }
    }

    fn failure_hop(&self, error: &JobError) -> Hop {
        let detail =
            json!({ "attempt": self.job.lease.attempt, "code": error.code, "message": error.message });
        self.hop(names::HOP_PROVIDER_FAILED, detail)
    }
}

/// What a call has brought.
struct Received<'a> {
    chat: &'a ChatPayload,
    route: &'a Route,
    text: String,
    hops: Vec<Hop>,
}
