//! The composition root: the only place that knows traits and implementations together.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, select_all};
use platen_core::clock::{Clock, Timestamp};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::budgets::{self, Budgets};
use crate::clock::SystemClock;
use crate::config::{Config, ConfigError, DatabaseConfig, IpcConfig};
use crate::http::{self, HttpParts, HttpState};
use crate::instance::{self, LockError};
use crate::ipc::{self, BindError, Dispatcher, PeerPolicy};
use crate::jobs::handlers::{Fetcher, FetcherError};
use crate::jobs::models::ModelTable;
use crate::jobs::response_cache::ResponseCache;
use crate::jobs::schedule::Limits;
use crate::jobs::schedules::{self, ScheduleStore};
use crate::jobs::workflows::{self, LoadError};
use crate::jobs::{self, Backlog, Jobs, JobsParts};
use crate::providers;
use crate::ratelimit::{RateLimiter, RatesError};
use crate::results::{Arrivals, Results, ResultsParts};
use crate::site_tokens::SiteTokens;
use crate::sites::Sites;
use crate::storage::{OpenError, OwnerError, Store, StoreError, Tenure, Wakes};
use crate::streaming::store::StreamStore;
use crate::streaming::{Relay, Streams};
use crate::supervisor::Supervisor;
use crate::telemetry::Metrics;
use crate::webhooks::{self, Outbound, OutboundError, OutboundParts};

/// The daemon cannot start.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Another daemon serves from the same directory, or nobody can.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Another daemon has the same name in the database, or nobody can tell.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Open(#[from] OpenError),
    /// The database cannot be read or written.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// A provider cannot be used.
    #[error("a provider cannot be used")]
    Provider(#[from] providers::BuildError),
    /// A workflow cannot be used.
    #[error("a workflow cannot be used")]
    Workflow(#[from] LoadError),
    /// Pages cannot be read.
    #[error("workflows cannot read pages")]
    Fetcher(#[from] FetcherError),
    /// Webhooks cannot be sent.
    #[error("webhooks cannot be sent")]
    Outbound(#[from] OutboundError),
    /// The socket cannot be offered.
    #[error("the socket cannot be offered")]
    Ipc(#[from] BindError),
    /// The rate limits cannot be kept.
    #[error("the rate limits cannot be kept")]
    Rates(#[from] RatesError),
    /// A setting does not hold on this machine.
    #[error("a setting does not hold")]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("the address {address} cannot be listened on")]
    Http {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A part of the daemon ended while it should serve.
#[derive(Debug, Error)]
#[error("the part {0} ended by itself")]
pub struct PartEnded(&'static str);

/// The daemon, ready to serve.
pub struct App {
    config: Config,
    supervisor: Supervisor,
    jobs: Arc<Jobs>,
    schedule_store: Arc<dyn ScheduleStore>,
    stream_store: Arc<dyn StreamStore>,
    backlog: Backlog,
    budgets: Arc<Budgets>,
    outbound: Arc<Outbound>,
    dispatcher: Arc<Dispatcher>,
    http: HttpState,
    tcp: TcpListener,
    socket: (tokio::net::UnixListener, ipc::SocketFile),
    policy: PeerPolicy,
    tenure: Tenure,
    wakes: Wakes,
}

impl App {
    /// Opens the database, queues again what a previous process left running, and takes hold of the socket
    /// and the port. Nobody is served before [`App::run`].
    ///
    /// # Errors
    /// [`BuildError`] says what stands in the way.
    pub async fn build(config: Config) -> Result<Self, BuildError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let supervisor = Supervisor::new();
        let metrics = Arc::new(Metrics::new());
        let wakes = Wakes::default();
        let arrivals = Arc::new(Arrivals::default());

        let (store, tenure) = open_store(&config, clock.now()).await?;
        let sites = Arc::new(Sites::new(store.clone()));
        let relay = Relay::default();
        let providers = providers::build(&config.providers, &clock)?;
        let jobs = Arc::new(Jobs::new(JobsParts {
            store: store.clone(),
            work: store.clone(),
            retention: store.clone(),
            sites: Arc::clone(&sites),
            models: ModelTable::new(&config.models, &providers),
            workflows: workflows::load(&config.workflows.dir)?,
            fetcher: Fetcher::new(&config.fetch)?,
            responses: ResponseCache::new(&config.cache, config.ipc.gid()?, &clock).await,
            relay: relay.clone(),
            metrics: Arc::clone(&metrics),
            clock: Arc::clone(&clock),
            limits: Limits::new(config.jobs.concurrency, &config.limits, &config.models),
            settings: config.jobs.clone(),
            keep: config.retention.clone(),
            wake: Arc::clone(&wakes.work),
            deliver: Arc::clone(&wakes.deliveries),
            arrivals: Arc::clone(&arrivals),
        }));
        let budgets = Arc::new(Budgets::new(store.clone(), Arc::clone(&sites), Arc::clone(&clock)));
        let shared = (Arc::clone(&sites), Arc::clone(&clock), Arc::clone(&metrics));
        let (outbound, results) = way_back(&store, shared, Arc::clone(&wakes.deliveries), arrivals, &config)?;
        let schedule_store: Arc<dyn ScheduleStore> = store.clone();
        let stream_store: Arc<dyn StreamStore> = store.clone();
        let tokens = Arc::new(SiteTokens::new(sites, store.clone(), Arc::clone(&clock)));
        let http = HttpState::new(HttpParts {
            streams: Arc::new(Streams { store: store.clone(), tokens: Arc::clone(&tokens), relay }),
            results: Arc::clone(&results),
            jobs: Arc::clone(&jobs),
            tokens,
            clock: Arc::clone(&clock),
            metrics: Arc::clone(&metrics),
            draining: supervisor.draining(),
            max_streams: config.http.max_streams,
        });
        let tcp = listen(&config).await?;
        let gid = config.ipc.gid()?;
        // Before the socket: a worker that can connect finds the limits.
        let rates = open_rates(&config.ipc, gid)?;
        let socket = ipc::bind(&config.ipc, gid).await?;
        jobs::recover(&jobs).await?;
        let (accepted, backlog) = jobs::accepted();
        let dispatcher = Dispatcher {
            jobs: Arc::clone(&jobs),
            accepted,
            budgets: Arc::clone(&budgets),
            results,
            rates,
            metrics,
            started_at: clock.now(),
            clock,
            draining: supervisor.draining(),
        };
        Ok(Self {
            policy: peers(&config.ipc, gid),
            config,
            supervisor,
            jobs,
            schedule_store,
            stream_store,
            backlog,
            budgets,
            outbound,
            dispatcher: Arc::new(dispatcher),
            http,
            tcp,
            socket,
            tenure,
            wakes,
        })
    }

    /// Serves until `shutdown` fires, then drains: see [`Supervisor::drain`].
    ///
    /// # Errors
    /// [`PartEnded`] when a part of the daemon ended by itself. The rest was drained.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), PartEnded> {
        let Self { config, supervisor, jobs, backlog, budgets, outbound, dispatcher, http, tcp, .. } = self;
        let (socket, policy, tenure, wakes) = (self.socket, self.policy, self.tenure, self.wakes);
        let (schedule_store, stream_store) = (self.schedule_store, self.stream_store);
        let news = wakes.jobs.subscribe();
        let address = tcp.local_addr().unwrap_or(config.http.listen);
        let draining = supervisor.draining();
        let path = config.ipc.socket.clone();
        let ipc = ipc::serve(socket, config.ipc, policy, dispatcher, supervisor.clone());
        let schedules =
            schedules::tick(Arc::clone(&jobs), schedule_store, config.schedules, draining.clone());
        let part = |name: &'static str, task: BoxFuture<'static, ()>| {
            let task = supervisor.spawn(name, task);
            async move { (name, task.await.is_err()) }.boxed()
        };
        let keep_accepted = {
            let (jobs, draining, stopping) = (Arc::clone(&jobs), draining.clone(), supervisor.stopping());
            async move { jobs::keep_accepted(&jobs, backlog, draining, stopping).await }
        };
        let hear = {
            let (tenure, draining) = (tenure.clone(), draining.clone());
            async move { tenure.hear(wakes, draining).await }
        };
        let parts = [
            part("storage", hear.boxed()),
            part("jobs.hear", jobs::hear(Arc::clone(&jobs), stream_store, news, draining.clone()).boxed()),
            part("jobs.worker", jobs::work(Arc::clone(&jobs), supervisor.clone()).boxed()),
            part("jobs.schedules", schedules.boxed()),
            part("jobs.sweep", jobs::sweep(jobs, draining.clone()).boxed()),
            part("webhooks", webhooks::run(outbound, draining.clone()).boxed()),
            part("jobs.accepted", keep_accepted.boxed()),
            part("budgets", budgets::sweep(budgets, draining).boxed()),
            part("http", http::serve(tcp, http).boxed()),
            part("ipc", ipc.boxed()),
        ];
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            pid = std::process::id(),
            socket = %path.display(),
            http = %address,
            providers = config.providers.len(),
            "platend is ready"
        );

        // A daemon without one of its parts looks alive and does nothing: better to end and be started again.
        let outcome = tokio::select! {
            () = shutdown.cancelled() => Ok(()),
            ((name, has_panicked), _, _) = select_all(parts) => {
                tracing::error!(name, has_panicked, "a part of platend ended by itself");
                Err(PartEnded(name))
            }
        };
        tracing::info!("platend drains");
        let is_clean = supervisor.drain(config.daemon.drain_deadline).await;
        tracing::info!(is_clean, "platend ends");
        drop(tenure);
        outcome
    }
}

/// The database, and the right to serve from it. That of a file comes first: a newer version must not change the
/// tables under a daemon that still serves.
async fn open_store(config: &Config, now: Timestamp) -> Result<(Arc<Store>, Tenure), BuildError> {
    let lock = match &config.database {
        DatabaseConfig::Sqlite => Some(instance::lock(&config.daemon, &config.ipc.socket).await?),
        DatabaseConfig::Postgres { .. } => None,
    };
    let store = Store::open(&config.database, &config.daemon.state_dir, now)?;
    let tenure = store.hold(lock, &config.jobs.owner, config.daemon.drain_deadline).await?;
    Ok((Arc::new(store), tenure))
}

/// The two ways in which results reach the sites: webhooks, and pages for those that ask.
fn way_back(
    store: &Arc<Store>,
    (sites, clock, metrics): (Arc<Sites>, Arc<dyn Clock>, Arc<Metrics>),
    deliver: Arc<Notify>,
    arrivals: Arc<Arrivals>,
    config: &Config,
) -> Result<(Arc<Outbound>, Arc<Results>), BuildError> {
    let outbound = Outbound::new(OutboundParts {
        store: store.clone(),
        sites: Arc::clone(&sites),
        clock: Arc::clone(&clock),
        metrics: Arc::clone(&metrics),
        wake: deliver,
        settings: config.webhooks.clone(),
    })?;
    let results = Results::new(ResultsParts {
        store: store.clone(),
        endpoints: store.clone(),
        jobs: store.clone(),
        sites,
        clock,
        metrics,
        arrivals,
    });
    Ok((Arc::new(outbound), Arc::new(results)))
}

/// The table of rate limits that PHP's workers map, beside the socket.
fn open_rates(config: &IpcConfig, gid: Option<u32>) -> Result<Arc<RateLimiter>, BuildError> {
    ipc::make_directory(config)?;
    let table = platen_limits::beside(&config.socket);
    Ok(Arc::new(RateLimiter::open(&table, config.mode, gid)?))
}

/// Who may use the socket: those of the settings, and the members of its group.
fn peers(config: &IpcConfig, gid: Option<u32>) -> PeerPolicy {
    let gids = config.allowed_gids.iter().copied().chain(gid).collect();
    PeerPolicy::new(config.allowed_uids.clone(), gids)
}

/// The port of a process that was killed a moment ago may need a moment to come free.
async fn listen(config: &Config) -> Result<TcpListener, BuildError> {
    const TRIES: u32 = 20;
    let address = config.http.listen;
    let mut tries = 0;
    loop {
        tries += 1;
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(source) => return Err(BuildError::Http { address, source }),
        }
    }
}
