//! What the edges need around them: a database in a temporary directory, a clock, sites, and a way to play
//! the worker's part step by step.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use platen_core::clock::Clock;
use platen_core::code::ErrorCode;
use platen_core::job::{
    Answer, ChatPayload, JobError, JobId, JobSpec, JobStatus, Message, Priority, Role, SiteId, Usage, Work,
};
use platen_core::signing::jwt::{self, Claims};
use platen_core::signing::{SigningKey, TokenKey};
use platen_core::wire::{JobRef, Submit};
use platen_sidecar::config::{Config, DatabaseConfig, Environment};
use platen_sidecar::http::{self, HttpParts, HttpState};
use platen_sidecar::jobs::handlers::Fetcher;
use platen_sidecar::jobs::models::ModelTable;
use platen_sidecar::jobs::response_cache::ResponseCache;
use platen_sidecar::jobs::schedule::{self, Limits};
use platen_sidecar::jobs::store::{
    AfterFailure, Completed, Failed, Fenced, JobStore, Lease, LeaseRequest, LeasedJob, NewJob, StepOutput,
    SubmitTerms, Submitted, WorkStore,
};
use platen_sidecar::jobs::{Jobs, JobsParts};
use platen_sidecar::providers;
use platen_sidecar::results::{Arrivals, Results, ResultsParts};
use platen_sidecar::site_tokens::SiteTokens;
use platen_sidecar::sites::{NewSite, SiteSecrets, SiteStore, Sites};
use platen_sidecar::storage::Store;
use platen_sidecar::streaming::{Relay, RelayWriter, StreamEnd, StreamKey, Streams};
use platen_sidecar::telemetry::Metrics;
use platen_testkit::MockClock;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) const SITE: &str = "blog";

const TERMS: SubmitTerms =
    SubmitTerms { default_deadline: Duration::from_hours(1), same_input_window: Duration::from_secs(10) };

pub(crate) struct World {
    pub(crate) clock: Arc<MockClock>,
    pub(crate) store: Arc<Store>,
    pub(crate) relay: Relay,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) arrivals: Arc<Arrivals>,
    secrets: Mutex<HashMap<String, SiteSecrets>>,
    counter: Mutex<u8>,
    state_dir: TempDir,
}

/// A daemon's HTTP side; it stops when this is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) draining: CancellationToken,
    pub(crate) tasks: JoinSet<()>,
}

impl World {
    /// A world with the site [`SITE`].
    pub(crate) async fn new() -> Self {
        Self::over(&DatabaseConfig::Sqlite).await
    }

    /// The same over this database.
    pub(crate) async fn over(database: &DatabaseConfig) -> Self {
        let world = Self::open(database, Arc::new(MockClock::new()));
        world.add_site(SITE, "http://127.0.0.1:9").await;
        world
    }

    /// What another daemon has: the same database and clock, and nothing else in common.
    pub(crate) fn beside(&self, database: &DatabaseConfig) -> Self {
        let beside = Self::open(database, Arc::clone(&self.clock));
        beside.secrets.lock().clone_from(&self.secrets.lock());
        *beside.counter.lock() = 100;
        beside
    }

    fn open(database: &DatabaseConfig, clock: Arc<MockClock>) -> Self {
        let state_dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(database, state_dir.path(), clock.now()).unwrap());
        Self {
            clock,
            store,
            relay: Relay::default(),
            metrics: Arc::new(Metrics::new()),
            arrivals: Arc::new(Arrivals::default()),
            secrets: Mutex::default(),
            counter: Mutex::new(0),
            state_dir,
        }
    }

    pub(crate) async fn add_site(&self, id: &str, url: &str) {
        let byte = self.count();
        let secrets = SiteSecrets::from_random([byte; 32], [byte.wrapping_add(100); 32]);
        let site = NewSite { id: site(id), url: url.to_owned(), secrets: secrets.clone() };
        self.store.rotate_site(site, self.clock.now()).await.unwrap();
        self.secrets.lock().insert(id.to_owned(), secrets);
    }

    /// The key of a site's stream tokens.
    pub(crate) fn site_key(&self, id: &str) -> SigningKey {
        self.secrets.lock()[id].site.expose().parse().unwrap()
    }

    /// The key of a site's webhooks.
    pub(crate) fn webhook_key(&self, id: &str) -> SigningKey {
        self.secrets.lock()[id].webhook.expose().parse().unwrap()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.state_dir.path().join("platen.db")
    }

    pub(crate) fn sites(&self) -> Arc<Sites> {
        Arc::new(Sites::new(self.store.clone()))
    }

    /// A number that is new each time.
    fn count(&self) -> u8 {
        let mut counter = self.counter.lock();
        *counter += 1;
        *counter
    }

    /// A queued job of [`SITE`].
    pub(crate) async fn submit(&self) -> JobId {
        self.submit_for(SITE).await
    }

    pub(crate) async fn submit_for(&self, site_id: &str) -> JobId {
        self.submit_in(site_id, None).await
    }

    async fn submit_in(&self, site_id: &str, conversation: Option<&str>) -> JobId {
        let id = JobId::generate(self.clock.now(), [self.count(); 10]);
        let payload = ChatPayload {
            model: "default".to_owned(),
            messages: vec![Message { role: Role::User, content: "Hello".to_owned() }],
            max_output_tokens: None,
            temperature: None,
            cache: None,
        };
        let job = JobSpec {
            id: id.clone(),
            idempotency_key: id.to_string(),
            request_id: "req-1".to_owned(),
            traceparent: None,
            prompt_hash: None,
            subject: None,
            conversation: conversation.map(str::to_owned),
            priority: Priority::Standard,
            run_at: None,
            deadline_ms: None,
            created_at: self.clock.now(),
            work: Work::Chat(payload),
        };
        let job = NewJob::new(Submit { site: site(site_id), job }, None, TERMS).unwrap();
        let submitted = self.store.submit(vec![job], self.clock.now()).await.unwrap();
        assert!(matches!(&submitted[..], [Submitted::Kept(_)]));
        id
    }

    /// Plays the worker: takes the one job that is due and opens its stream.
    pub(crate) async fn begin(&self) -> (LeasedJob, RelayWriter) {
        self.begin_on(&self.relay).await
    }

    /// The same with the hub of another process.
    pub(crate) async fn begin_on(&self, relay: &Relay) -> (LeasedJob, RelayWriter) {
        let now = self.clock.now();
        let until = now.after(Duration::from_secs(30));
        let request = LeaseRequest { now, until, slots: 1, owner: "test".to_owned() };
        let policy = schedule::policy(Limits { slots: 1, ..Limits::default() });
        let mut leased = self.store.lease(request, policy).await.unwrap();
        let leased = leased.jobs.pop().expect("a job is due");
        let writer = relay.open(&key(leased.site.as_str(), &leased.lease.job_id), leased.lease.attempt);
        (leased, writer)
    }

    /// Ends a job with this answer: first in the store, then on the stream.
    pub(crate) async fn succeed(&self, lease: &Lease, writer: RelayWriter, text: &str) {
        let usage = Usage { input_tokens: 1, output_tokens: 2, ..Usage::default() };
        let answer = Answer {
            text: text.to_owned(),
            finish_reason: "stop".to_owned(),
            model: "m".to_owned(),
            provider: "p".to_owned(),
        };
        let end =
            Completed { output: StepOutput::Answer(answer), usage: Some(usage.clone()), hops: Vec::new() };
        let fenced = self.store.complete(lease.clone(), self.clock.now(), end).await.unwrap().fenced();
        assert_eq!(fenced, Fenced::Held);
        writer.finish(StreamEnd { status: JobStatus::Succeeded, usage: Some(usage), error: None });
    }

    /// Ends an attempt that is tried again at once.
    pub(crate) async fn fail(&self, lease: &Lease) {
        let end = Failed {
            error: JobError { code: ErrorCode::ProviderFailed, message: "planted".to_owned() },
            usage: None,
            hops: Vec::new(),
            next: AfterFailure::RetryAt(self.clock.now()),
        };
        assert_eq!(
            self.store.fail(lease.clone(), self.clock.now(), end).await.unwrap().fenced(),
            Fenced::Held
        );
    }

    /// Submits a job and ends it with this answer, which queues its webhook.
    pub(crate) async fn answered(&self, site_id: &str, text: &str) -> JobId {
        self.answered_in(site_id, None, text).await
    }

    /// The same in a conversation.
    pub(crate) async fn answered_in(&self, site_id: &str, conversation: Option<&str>, text: &str) -> JobId {
        let id = self.submit_in(site_id, conversation).await;
        let (leased, writer) = self.begin().await;
        self.succeed(&leased.lease, writer, text).await;
        id
    }

    /// The names of what happened to a job.
    pub(crate) async fn hops(&self, site_id: &str, job: &JobId) -> Vec<String> {
        let trace = self.store.trace(JobRef { site: site(site_id), job_id: job.clone() }).await.unwrap();
        trace.unwrap().hops.into_iter().map(|hop| hop.name).collect()
    }

    pub(crate) fn now_seconds(&self) -> i64 {
        self.clock.now().as_seconds()
    }

    /// The claims of a valid token of [`SITE`], with an id of its own.
    pub(crate) fn claims_for(&self, audience: &str, life_s: i64) -> serde_json::Value {
        let now = self.now_seconds();
        json!({
            "iss": SITE, "aud": audience, "iat": now, "exp": now + life_s,
            "jti": format!("{:032x}", self.count()),
        })
    }

    /// The claims of a valid token that opens the stream of a job.
    pub(crate) fn claims(&self, job: &JobId) -> serde_json::Value {
        let mut claims = self.claims_for("platen:stream", 120);
        claims["sub"] = job.as_str().into();
        claims
    }

    /// A token that opens one stream of a job of [`SITE`].
    pub(crate) fn token(&self, job: &JobId) -> String {
        self.signed(self.claims(job))
    }

    pub(crate) fn signed(&self, claims: serde_json::Value) -> String {
        sign(claims, &self.site_key(SITE))
    }

    /// The same with the header that names the site's key.
    pub(crate) fn signed_with_key_id(&self, claims: serde_json::Value) -> String {
        let serde_json::Value::Object(claims) = claims else { panic!("claims are an object") };
        let key = TokenKey::from_secret(self.site_key(SITE), Some(SITE.to_owned())).unwrap();
        jwt::encode(&Claims(claims), &key).unwrap()
    }

    /// The use cases on this world's store, with the default settings. No worker runs.
    pub(crate) async fn jobs(&self) -> Arc<Jobs> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let defaults = Path::new(env!("CARGO_MANIFEST_DIR")).join("default.toml");
        let config = Config::load(Some(&defaults), &Environment::of(&[])).unwrap();
        let clock: Arc<dyn Clock> = self.clock.clone();
        let providers = providers::build(&config.providers, &clock).unwrap();
        Arc::new(Jobs::new(JobsParts {
            store: self.store.clone(),
            work: self.store.clone(),
            retention: self.store.clone(),
            sites: self.sites(),
            models: ModelTable::new(&config.models, &providers),
            workflows: HashMap::new(),
            fetcher: Fetcher::new(&config.fetch).unwrap(),
            responses: ResponseCache::new(&config.cache, None, &clock).await,
            relay: self.relay.clone(),
            metrics: Arc::clone(&self.metrics),
            clock,
            limits: Limits::default(),
            settings: config.jobs,
            keep: config.retention,
            wake: Arc::new(Notify::new()),
            deliver: Arc::new(Notify::new()),
            arrivals: Arc::clone(&self.arrivals),
        }))
    }

    /// What hands this world's results out.
    pub(crate) fn results(&self) -> Arc<Results> {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Arc::new(Results::new(ResultsParts {
            store: self.store.clone(),
            endpoints: self.store.clone(),
            jobs: self.store.clone(),
            sites: self.sites(),
            clock,
            metrics: Arc::clone(&self.metrics),
            arrivals: Arc::clone(&self.arrivals),
        }))
    }

    /// Starts a daemon's HTTP side on this world.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_at_most(100).await
    }

    pub(crate) async fn serve_at_most(&self, max_streams: u32) -> Server {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let tokens = Arc::new(SiteTokens::new(self.sites(), self.store.clone(), Arc::clone(&clock)));
        let streams =
            Streams { store: self.store.clone(), tokens: Arc::clone(&tokens), relay: self.relay.clone() };
        let draining = CancellationToken::new();
        let state = HttpState::new(HttpParts {
            streams: Arc::new(streams),
            jobs: self.jobs().await,
            results: self.results(),
            tokens,
            clock,
            metrics: Arc::clone(&self.metrics),
            draining: draining.clone(),
            max_streams,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(http::serve(listener, state));
        Server { url, draining, tasks }
    }
}

impl Server {
    pub(crate) fn stream_url(&self, job: &JobId) -> String {
        format!("{}/platen/v1/jobs/{job}/stream", self.url)
    }

    /// The path as WordPress hands it out.
    pub(crate) fn stream_with(&self, job: &JobId, token: &str) -> String {
        format!("{}?token={token}", self.stream_url(job))
    }

    /// The host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

pub(crate) fn site(id: &str) -> SiteId {
    SiteId::try_from(id.to_owned()).unwrap()
}

pub(crate) fn key(site_id: &str, job: &JobId) -> StreamKey {
    StreamKey { site: site(site_id), job: job.clone() }
}

pub(crate) fn sign(claims: serde_json::Value, key: &SigningKey) -> String {
    let serde_json::Value::Object(claims) = claims else { panic!("claims are an object") };
    jwt::encode(&Claims(claims), key).unwrap()
}

/// A client as a browser is one.
pub(crate) fn client() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap()
}
