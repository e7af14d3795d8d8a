//! Jobs to hand over: each asks something else, so that no two are the same work.

use std::time::Duration;

use platen_core::clock::Clock;
use platen_core::job::{ChatPayload, JobId, JobSpec, Message, Priority, Role, SiteId, Work};
use platen_core::wire::{JobRef, Request, Submit};
use platen_sidecar::clock::SystemClock;

/// The question of the job of this number. No question holds another one.
pub fn question(number: u64) -> String {
    format!("What about <{number}>?")
}

/// What the scripted provider says to that.
pub fn answer(number: u64) -> String {
    format!("You said: {}", question(number))
}

/// A fresh job of a user.
pub fn chat(number: u64, subject: String) -> JobSpec {
    let now = SystemClock.now();
    let id = JobId::generate(now, rand::random());
    JobSpec {
        idempotency_key: format!("key-{id}"),
        request_id: format!("request-{number}"),
        traceparent: None,
        prompt_hash: None,
        subject: Some(subject),
        conversation: None,
        priority: Priority::Standard,
        run_at: None,
        deadline_ms: None,
        created_at: now,
        work: Work::Chat(ChatPayload {
            model: "default".to_owned(),
            messages: vec![Message { role: Role::User, content: question(number) }],
            max_output_tokens: None,
            temperature: None,
            cache: None,
        }),
        id,
    }
}

/// Puts instructions of this many bytes before the question.
pub fn enlarge(job: &mut JobSpec, bytes: usize) {
    if let Work::Chat(chat) = &mut job.work {
        chat.messages.insert(0, Message { role: Role::System, content: "x".repeat(bytes) });
    }
}

/// Delays a job.
pub fn delay(job: &mut JobSpec, by: Duration) {
    job.run_at = Some(SystemClock.now().after(by));
}

/// The request that hands a job over.
pub fn submission(site: &SiteId, job: &JobSpec) -> Request {
    Request::Submit(Box::new(Submit { site: site.clone(), job: job.clone() }))
}

/// Names a job of a site.
pub fn reference(site: &SiteId, id: &JobId) -> JobRef {
    JobRef { site: site.clone(), job_id: id.clone() }
}
