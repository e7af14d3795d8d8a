//! One attempt at a job: call the provider, pass the text on, keep it, and write how it ended.

mod call;
mod ending;

use std::sync::Arc;

use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{ChatPayload, Hop, JobError, Work};
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
    let attempt = Attempt { jobs: &jobs, job: &job, began_at, stopping: &stopping };
    attempt.run(&guard.cancelled).await;
    jobs.metrics.attempt_ran(jobs.now().since(began_at));
}

/// What an attempt works with.
struct Attempt<'a> {
    jobs: &'a Arc<Jobs>,
    job: &'a LeasedJob,
    began_at: Timestamp,
    stopping: &'a CancellationToken,
}

impl Attempt<'_> {
    async fn run(&self, cancelled: &CancellationToken) {
        let Work::Chat(chat) = &self.job.spec.work;
        let Some(route) = self.jobs.models.resolve(&chat.model) else {
            let message = format!("the model {:?} is not configured", chat.model);
            let error = JobError { code: ErrorCode::UnknownModel, message };
            return self.fail(error, RetryAdvice::Never, None, Vec::new()).await;
        };
        tracing::info!({ names::PROVIDER_NAME } = route.provider.name(), "an attempt began");
        let key = StreamKey { site: self.job.site.clone(), job: self.job.lease.job_id.clone() };
        let writer = self.jobs.relay.open(&key, self.job.lease.attempt);
        let mut recorder = Recorder::new(
            Arc::clone(&self.jobs.work),
            Arc::clone(&self.jobs.clock),
            self.job.lease.clone(),
            self.jobs.settings.lease,
        );
        let deadline = self.job.deadline;
        let mut call = Call::new(self.jobs, self.job, route, &writer);
        let end = call.run(&mut recorder, Interrupt { cancelled, stopping: self.stopping, deadline }).await;
        let Call { text, hops, .. } = call;
        self.finish(end, Received { chat, route, text, hops }, recorder).await;
        // The relay learns of an end from `announce_end`; dropping the writer says "waits" in all other cases.
        drop(writer);
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
                let message = "the job had not ended by its deadline".to_owned();
                let error = JobError { code: ErrorCode::DeadlineExceeded, message };
                self.fail(error, RetryAdvice::Never, usage, hops).await;
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
