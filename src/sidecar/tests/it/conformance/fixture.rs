use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{
    Answer, ChatPayload, JobError, JobId, JobSnapshot, JobSpec, JobStatus, Message, Priority, Role, SiteId,
    Usage, Work,
};
use platen_core::wire::{JobRef, Submit};
use platen_sidecar::budgets::BudgetStore;
use platen_sidecar::config::DatabaseConfig;
use platen_sidecar::jobs::schedule::{self, Limits};
use platen_sidecar::jobs::store::{
    AfterFailure, Completed, DeadStore, Failed, JobStore, LeaseRequest, LeasedJob, NewJob, Policy,
    RetentionStore, StepOutput, SubmitTerms, Submitted, WorkStore,
};
use platen_sidecar::results::store::ResultStore;
use platen_sidecar::site_tokens::TokenStore;
use platen_sidecar::sites::{NewSite, SiteSecrets, SiteStore};
use platen_sidecar::storage::Store;
use platen_sidecar::webhooks::store::{Delivery, DeliveryLog, DeliveryStore, DueFilter, EndpointStore};

use crate::postgres::Database;

/// All that a store does.
pub(crate) trait Stores:
    JobStore
    + WorkStore
    + DeadStore
    + RetentionStore
    + DeliveryStore
    + DeliveryLog
    + EndpointStore
    + ResultStore
    + SiteStore
    + TokenStore
    + BudgetStore
{
}

impl<S> Stores for S where
    S: JobStore
        + WorkStore
        + DeadStore
        + RetentionStore
        + DeliveryStore
        + DeliveryLog
        + EndpointStore
        + ResultStore
        + SiteStore
        + TokenStore
        + BudgetStore
{
}

/// The daemon that asks in most cases.
pub(crate) const OWNER: &str = "a";

pub(crate) const TERMS: SubmitTerms =
    SubmitTerms { default_deadline: Duration::from_hours(1), same_input_window: Duration::from_secs(10) };

/// A store with the sites `one` and `two`, and what must outlive it.
pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Stores>,
    policy: Policy,
    /// Random lives that the model test takes: as many as take seconds.
    pub(crate) lives: u32,
    /// Opens another one of its kind.
    pub(crate) open: fn() -> BoxFuture<'static, Fixture>,
    _keep: Box<dyn Any + Send>,
}

/// A disk in memory, where there is one: the promises here are not about the disk, and cost thousands of commits.
const MEMORY: &str = "/dev/shm";

/// A new file in a directory of its own.
pub(crate) async fn sqlite() -> Fixture {
    let dir = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir()).unwrap();
    let store = Store::open(&DatabaseConfig::Sqlite, dir.path(), at(0)).unwrap();
    Fixture::new(Arc::new(store), 4_000, another_sqlite, Box::new(dir)).await
}

/// A new database of the run's server.
pub(crate) async fn postgres() -> Fixture {
    let database = Database::new().await;
    let store = Store::open(&database.settings(), Path::new("/nonexistent"), at(0)).unwrap();
    Fixture::new(Arc::new(store), 100, another_postgres, Box::new(database)).await
}

fn another_sqlite() -> BoxFuture<'static, Fixture> {
    Box::pin(sqlite())
}

fn another_postgres() -> BoxFuture<'static, Fixture> {
    Box::pin(postgres())
}

impl Fixture {
    async fn new(
        store: Arc<dyn Stores>,
        lives: u32,
        open: fn() -> BoxFuture<'static, Fixture>,
        keep: Box<dyn Any + Send>,
    ) -> Self {
        for id in ["one", "two"] {
            let secrets = SiteSecrets::from_random([1; 32], [2; 32]);
            let new = NewSite { id: site(id), url: "https://example.com".to_owned(), secrets };
            store.add_site(new, at(0)).await.unwrap();
        }
        let policy = schedule::policy(Limits { slots: 1000, ..Limits::default() });
        Self { store, policy, lives, open, _keep: keep }
    }

    pub(crate) async fn keep(&self, owner: &str, spec: JobSpec, now: i64) -> Submitted {
        let job = new_job(owner, spec);
        self.store.submit(vec![job], at(now)).await.unwrap().pop().unwrap()
    }

    /// Submits the job of this number at this second.
    pub(crate) async fn submit(&self, owner: &str, number: u8, now: i64) -> JobRef {
        let spec = spec(number);
        let reference = JobRef { site: site(owner), job_id: spec.id.clone() };
        assert!(matches!(self.keep(owner, spec, now).await, Submitted::Kept(_)));
        reference
    }

    /// Takes up to so many steps.
    pub(crate) async fn lease(&self, slots: usize, now: i64) -> Vec<LeasedJob> {
        self.store.lease(request(OWNER, slots, now), Arc::clone(&self.policy)).await.unwrap().jobs
    }

    pub(crate) async fn lease_one(&self, now: i64) -> LeasedJob {
        self.lease(1, now).await.pop().expect("a job is due")
    }

    pub(crate) fn policy(&self) -> Policy {
        Arc::clone(&self.policy)
    }

    pub(crate) async fn job(&self, job: &JobRef) -> JobSnapshot {
        self.store.snapshot(job.clone()).await.unwrap().expect("the job is there")
    }

    pub(crate) async fn status(&self, job: &JobRef) -> JobStatus {
        self.job(job).await.status
    }

    pub(crate) async fn hops(&self, job: &JobRef) -> Vec<String> {
        let trace = self.store.trace(job.clone()).await.unwrap().expect("the job is there");
        trace.hops.into_iter().map(|hop| hop.name).collect()
    }

    pub(crate) async fn deliveries(&self, now: i64) -> Vec<Delivery> {
        let filter = DueFilter { limit: 1000, limit_per_site: 1000, skip_sites: Vec::new() };
        self.store.due(at(now), filter).await.unwrap()
    }
}

pub(crate) fn request(owner: &str, slots: usize, now: i64) -> LeaseRequest {
    LeaseRequest { now: at(now), until: at(now + 30), slots, owner: owner.to_owned() }
}

pub(crate) fn new_job(owner: &str, spec: JobSpec) -> NewJob {
    NewJob::new(Submit { site: site(owner), job: spec }, None, TERMS).unwrap()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

pub(crate) fn site(id: &str) -> SiteId {
    id.to_owned().try_into().unwrap()
}

pub(crate) fn spec(number: u8) -> JobSpec {
    JobSpec {
        id: JobId::generate(at(1_000), [number; 10]),
        idempotency_key: format!("key-{number}"),
        request_id: format!("request-{number}"),
        traceparent: None,
        prompt_hash: None,
        subject: None,
        conversation: None,
        priority: Priority::Standard,
        run_at: None,
        deadline_ms: None,
        created_at: at(1),
        work: chat("?"),
    }
}

pub(crate) fn chat(question: &str) -> Work {
    Work::Chat(ChatPayload {
        model: "default".to_owned(),
        messages: vec![Message { role: Role::User, content: question.to_owned() }],
        max_output_tokens: Some(5),
        temperature: Some(0.5),
        cache: None,
    })
}

pub(crate) fn answer(text: &str) -> Answer {
    Answer {
        text: text.to_owned(),
        finish_reason: "stop".to_owned(),
        model: "m".to_owned(),
        provider: "p".to_owned(),
    }
}

pub(crate) fn completed() -> Completed {
    let usage = Usage { input_tokens: 3, cost_microusd: Some(7), ..Usage::default() };
    Completed { output: StepOutput::Answer(answer("Yes.")), usage: Some(usage), hops: Vec::new() }
}

pub(crate) fn failed_with(next: AfterFailure) -> Failed {
    failed_by(ErrorCode::ProviderFailed, next)
}

pub(crate) fn failed_by(code: ErrorCode, next: AfterFailure) -> Failed {
    let error = JobError { code, message: "it failed".to_owned() };
    let usage = Some(Usage { input_tokens: 2, is_estimate: true, ..Usage::default() });
    Failed { error, usage, hops: Vec::new(), next }
}
