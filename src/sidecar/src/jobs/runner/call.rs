//! The call of the provider, from the request to its last event.

use std::sync::Arc;

use futures_util::StreamExt;
use platen_core::clock::Timestamp;
use platen_core::job::{ChatPayload, Hop};
use platen_core::limits::MAX_ANSWER_BYTES;
use serde_json::json;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::jobs::Jobs;
use crate::jobs::models::Route;
use crate::jobs::recorder::{LeaseLost, Recorder};
use crate::jobs::store::LeasedJob;
use crate::providers::{CompletionEvent, CompletionRequest, Finish, FinishReason, ProviderError};
use crate::streaming::RelayWriter;
use crate::telemetry::{names, trace_context};

/// A call that is under way, and what it has brought so far.
pub(super) struct Call<'a> {
    jobs: &'a Arc<Jobs>,
    job: &'a LeasedJob,
    chat: &'a ChatPayload,
    route: &'a Route,
    /// Where the text goes that is the job's answer.
    writer: Option<&'a RelayWriter>,
    pub(super) text: String,
    pub(super) hops: Vec<Hop>,
}

/// What may end a call from our side.
#[derive(Clone, Copy)]
pub(super) struct Interrupt<'a> {
    pub(super) cancelled: &'a CancellationToken,
    pub(super) stopping: &'a CancellationToken,
    pub(super) deadline: Timestamp,
}

/// How a call ended.
pub(super) enum CallEnd {
    Finished(Finish),
    Failed(ProviderError),
    DeadlineExceeded,
    /// The daemon ends: the job must be given back.
    Stopping,
    /// The job was cancelled, or another worker has it.
    LeaseLost,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        jobs: &'a Arc<Jobs>,
        job: &'a LeasedJob,
        chat: &'a ChatPayload,
        route: &'a Route,
        writer: Option<&'a RelayWriter>,
    ) -> Self {
        Self { jobs, job, chat, route, writer, text: String::new(), hops: Vec::new() }
    }

    /// Runs until the answer is complete or something ends it. Dropping the provider's future closes its
    /// connection, so an interrupted call costs nothing more.
    pub(super) async fn run(&mut self, recorder: &mut Recorder, interrupt: Interrupt<'_>) -> CallEnd {
        let began = Instant::now();
        let deadline = began + interrupt.deadline.since(self.jobs.now());
        self.hop(names::HOP_CALLED);
        let accepted = tokio::select! {
            biased;
            end = interrupt.wait(deadline) => return end,
            LeaseLost = recorder.keep() => return CallEnd::LeaseLost,
            accepted = self.route.provider.complete(self.request()) => accepted,
        };
        let mut events = match accepted {
            Ok(events) => events,
            Err(error) => return self.failed(error),
        };
        loop {
            let event = tokio::select! {
                biased;
                end = interrupt.wait(deadline) => return end,
                LeaseLost = recorder.keep() => return CallEnd::LeaseLost,
                event = events.next() => event,
            };
            match event {
                Some(Ok(CompletionEvent::Delta(text))) => {
                    if self.text.len().saturating_add(text.len()) > MAX_ANSWER_BYTES {
                        return self.failed(ProviderError::AnswerTooLarge { limit_bytes: MAX_ANSWER_BYTES });
                    }
                    self.take(&text, began, recorder);
                }
                Some(Ok(CompletionEvent::Finished(finish))) => return self.finished(finish),
                Some(Err(error)) => return self.failed(error),
                None => return self.failed(ProviderError::Truncated),
            }
        }
    }

    fn request(&self) -> CompletionRequest {
        let (spec, chat) = (&self.job.spec, self.chat);
        CompletionRequest {
            model: self.route.model.clone(),
            messages: chat.messages.clone(),
            max_output_tokens: chat.max_output_tokens,
            temperature: chat.temperature,
            request_id: spec.request_id.clone(),
            traceparent: Some(trace_context::outgoing(spec.traceparent.as_deref(), &spec.request_id)),
        }
    }

    /// The browser sees the text at once; the disk has it within the recorder's interval.
    fn take(&mut self, text: &str, began: Instant, recorder: &mut Recorder) {
        if self.text.is_empty() {
            self.jobs.metrics.first_token(self.route.provider.name(), began.elapsed());
            self.hop(names::HOP_FIRST_TOKEN);
        }
        self.text.push_str(text);
        if let Some(writer) = self.writer {
            writer.push(text);
        }
        recorder.push(text);
    }

    /// An answer of which the filter left nothing is a refusal; one that it cut is an answer that says so.
    fn finished(&mut self, finish: Finish) -> CallEnd {
        if self.text.is_empty() && finish.finish_reason == FinishReason::ContentFilter {
            return self.failed(ProviderError::Withheld);
        }
        self.jobs.metrics.provider_called(self.route.provider.name(), "ok");
        self.hop(names::HOP_ANSWERED);
        CallEnd::Finished(finish)
    }

    fn failed(&mut self, error: ProviderError) -> CallEnd {
        self.jobs.metrics.provider_called(self.route.provider.name(), error.code().as_str());
        CallEnd::Failed(error)
    }

    fn hop(&mut self, name: &str) {
        let detail = json!({
            "attempt": self.job.lease.attempt,
            "provider": self.route.provider.name(),
            "model": self.route.model,
        });
        self.hops.push(Hop { name: name.to_owned(), at: self.jobs.now(), detail });
    }
}

impl Interrupt<'_> {
    pub(super) async fn wait(&self, deadline: Instant) -> CallEnd {
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => CallEnd::LeaseLost,
            () = self.stopping.cancelled() => CallEnd::Stopping,
            () = sleep_until(deadline) => CallEnd::DeadlineExceeded,
        }
    }
}
