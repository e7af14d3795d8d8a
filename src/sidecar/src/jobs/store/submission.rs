use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::job::{JobId, JobSpec, SiteId, Work};
use platen_core::wire::{Receipt, Submit};
use platen_core::workflow::Workflow;
use sha2::{Digest, Sha256};

/// A job that is to be kept, with everything computed that needs no database.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Whose job it is.
    pub site: SiteId,
    /// What was submitted.
    pub spec: JobSpec,
    /// The text of the `payload` column.
    pub payload: String,
    /// SHA-256 of kind and payload: equal bytes are equal work.
    pub fingerprint: [u8; 32],
    /// The hash part of the input key: site, subject and fingerprint. `None` without a subject, because then
    /// nobody knows whether it is the same user who asks again.
    pub input: Option<u32>,
    /// The definition, for a workflow.
    pub workflow: Option<Arc<LoadedWorkflow>>,
    /// The model's alias; empty for work that calls none by itself.
    pub model: String,
    /// How long the job may live when its spec does not say.
    pub default_deadline: Duration,
    /// The same input of the same user within this time gives the same job, while that has not ended.
    pub same_input_window: Duration,
}

/// A definition that was read and checked.
#[derive(Debug)]
pub struct LoadedWorkflow {
    /// The definition.
    pub workflow: Workflow,
    /// Its JSON, kept with each job.
    pub json: String,
}

/// The daemon's settings for a submission.
#[derive(Clone, Copy, Debug)]
pub struct SubmitTerms {
    /// See [`NewJob::default_deadline`].
    pub default_deadline: Duration,
    /// See [`NewJob::same_input_window`].
    pub same_input_window: Duration,
}

/// What became of a submitted job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is durable; or it was already, see [`Receipt::is_duplicate`].
    Kept(Receipt),
    /// The key or the id belongs to a job with other work.
    Conflict {
        /// That job.
        job_id: JobId,
    },
}

impl NewJob {
    /// Prepares a job for the store.
    ///
    /// # Errors
    /// The JSON error of a payload without a JSON form: a temperature that is not a number.
    pub fn new(
        request: Submit,
        workflow: Option<Arc<LoadedWorkflow>>,
        terms: SubmitTerms,
    ) -> Result<Self, serde_json::Error> {
        let Submit { site, job: spec } = request;
        let (payload, model) = match &spec.work {
            Work::Chat(chat) => (serde_json::to_string(chat)?, chat.model.clone()),
            Work::Workflow(run) => (serde_json::to_string(run)?, String::new()),
        };
        let fingerprint: [u8; 32] = Sha256::new()
            .chain_update(spec.work.kind())
            .chain_update([0])
            .chain_update(&payload)
            .finalize()
            .into();
        let input = spec
            .subject
            .as_deref()
            .map(|subject| input(&site, subject, spec.conversation.as_deref(), &fingerprint));
        let SubmitTerms { default_deadline, same_input_window } = terms;
        Ok(Self {
            site,
            spec,
            payload,
            fingerprint,
            input,
            workflow,
            model,
            default_deadline,
            same_input_window,
        })
    }

    /// When the job may begin.
    pub fn run_at(&self, now: Timestamp) -> Timestamp {
        self.spec.run_at.map_or(now, |run_at| run_at.max(now))
    }

    /// How long the job may live.
    pub fn lifetime(&self) -> Duration {
        self.spec.deadline_ms.map_or(self.default_deadline, Duration::from_millis)
    }

    /// The key under which this input is kept when it is accepted now.
    pub fn input_key(&self, now: Timestamp) -> Option<i64> {
        self.input.map(|hash| join(bucket(now), hash))
    }

    /// The keys under which the same input may have been kept within the window.
    pub fn input_keys(&self, now: Timestamp) -> Vec<i64> {
        let Some(hash) = self.input else { return Vec::new() };
        if self.same_input_window.is_zero() {
            return Vec::new();
        }
        let first = bucket(now.before(self.same_input_window));
        (first..=bucket(now)).map(|bucket| join(bucket, hash)).collect()
    }
}

/// The same words in another conversation are another question.
fn input(site: &SiteId, subject: &str, conversation: Option<&str>, fingerprint: &[u8; 32]) -> u32 {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(site.as_str())
        .chain_update([0])
        .chain_update(subject)
        .chain_update([0])
        .chain_update(conversation.unwrap_or_default())
        .chain_update([0])
        .chain_update(fingerprint)
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    u32::from_be_bytes([a, b, c, d])
}

/// The time in steps of 2²³ microseconds, about 8.4 s.
fn bucket(at: Timestamp) -> i64 {
    at.as_micros().max(0) >> 23
}

/// 31 bits of time reach to the year 2540.
fn join(bucket: i64, hash: u32) -> i64 {
    ((bucket & 0x7FFF_FFFF) << 32) | i64::from(hash)
}

#[cfg(test)]
mod tests {
    use platen_core::job::{ChatPayload, Message, Priority, Role};

    use super::*;

    fn job(subject: Option<&str>, question: &str) -> NewJob {
        prepared(subject, None, question)
    }

    fn in_conversation(conversation: &str) -> NewJob {
        prepared(Some("u"), Some(conversation), "?")
    }

    fn prepared(subject: Option<&str>, conversation: Option<&str>, question: &str) -> NewJob {
        let spec = JobSpec {
            id: JobId::generate(Timestamp::from_seconds(1), [1; 10]),
            idempotency_key: "k".to_owned(),
            request_id: "r".to_owned(),
            traceparent: None,
            prompt_hash: None,
            subject: subject.map(str::to_owned),
            conversation: conversation.map(str::to_owned),
            priority: Priority::Standard,
            run_at: None,
            deadline_ms: None,
            created_at: Timestamp::from_seconds(1),
            work: Work::Chat(ChatPayload {
                model: "default".to_owned(),
                messages: vec![Message { role: Role::User, content: question.to_owned() }],
                max_output_tokens: None,
                temperature: None,
                cache: None,
            }),
        };
        let terms = SubmitTerms {
            default_deadline: Duration::from_mins(1),
            same_input_window: Duration::from_secs(10),
        };
        NewJob::new(Submit { site: "blog".to_owned().try_into().unwrap(), job: spec }, None, terms).unwrap()
    }

    #[test]
    fn the_key_of_a_moment_ago_is_among_those_looked_for() {
        for start in 0..40 {
            let then = Timestamp::from_seconds(1_795_190_400 + start);
            let now = then.after(Duration::from_secs(9));

            assert!(
                job(Some("u"), "?").input_keys(now).contains(&job(Some("u"), "?").input_key(then).unwrap())
            );
        }
    }

    #[test]
    fn another_user_and_another_question_have_other_keys_and_nobody_has_none() {
        let now = Timestamp::from_seconds(1_795_190_400);
        let key = job(Some("u"), "?").input_key(now);

        assert_ne!(key, job(Some("v"), "?").input_key(now));
        assert_ne!(key, job(Some("u"), "!").input_key(now));
        assert_ne!(key, in_conversation("c").input_key(now));
        assert_eq!(job(None, "?").input_key(now), None);
        assert!(job(None, "?").input_keys(now).is_empty());
    }
}
