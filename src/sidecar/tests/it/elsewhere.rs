//! What happens to a job in one daemon, for those who wait for it or watch it at another one of the same PostgreSQL.
//! No word is lost, so nobody waits for a look into the store: those come long after the ends of these tests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use platen_core::job::JobStatus;
use platen_core::limits::MAX_WAIT;
use platen_core::wire::{JobRef, ResultsRequest, WaitRequest};
use platen_sidecar::jobs::store::{Fenced, JobStore, Lease, RetentionStore, WorkStore};
use platen_sidecar::jobs::{self, Jobs, LookupError, WaitError};
use platen_sidecar::storage::{Tenure, Wakes};
use serde_json::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::postgres::Database;
use crate::stream::{Browser, DONE, told};
use crate::world::{SITE, World, site};

/// Two daemons: one is asked, the other one works.
struct Pair {
    here: World,
    there: World,
    jobs: Arc<Jobs>,
    never: CancellationToken,
    database: Database,
    _parts: JoinSet<()>,
}

impl Pair {
    async fn new() -> Self {
        let database = Database::new().await;
        let settings = database.settings();
        let here = World::over(&settings).await;
        let there = here.beside(&settings);
        let (jobs, never, mut parts) = (here.jobs().await, CancellationToken::new(), JoinSet::new());
        let wakes = Wakes::default();
        let news = wakes.jobs.subscribe();
        for (world, name, wakes) in [(&here, "here", wakes), (&there, "there", Wakes::default())] {
            let tenure: Tenure = world.store.hold(None, name, Duration::ZERO).await.unwrap();
            let never = never.clone();
            parts.spawn(async move { tenure.hear(wakes, never).await });
        }
        parts.spawn(jobs::hear(Arc::clone(&jobs), here.store.clone(), news, never.clone()));
        Self { here, there, jobs, never, database, _parts: parts }
    }

    async fn append(&self, lease: &Lease, text: &str) {
        let fenced = self.there.store.append(lease.clone(), text.to_owned()).await.unwrap();
        assert_eq!(fenced, Fenced::Held);
    }

    async fn wait(&self, job: &JobRef) -> Result<JobStatus, WaitError> {
        let JobRef { site, job_id } = job.clone();
        let request = WaitRequest { site, job_id, wait_ms: millis(MAX_WAIT) };
        jobs::wait(&self.jobs, request, &self.never).await.map(|job| job.status)
    }
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_follows_a_job_that_another_daemon_runs() {
    let pair = Pair::new().await;
    let server = pair.here.serve().await;
    let job = pair.there.submit().await;
    let mut browser = Browser::open(&pair.here, &server, &job, None).await;
    assert_eq!(browser.told().await, told("status", "0-0", json!({"status": "queued", "attempt": 0})));

    let (leased, writer) = pair.there.begin().await;
    assert_eq!(browser.told().await, told("status", "1-0", json!({"status": "running", "attempt": 1})));
    pair.append(&leased.lease, "Grü").await;
    assert_eq!(browser.told().await, told("delta", "1-4", json!({"text": "Grü"})));
    let mut late = Browser::open(&pair.here, &server, &job, Some("1-2")).await;
    // The one that writes was further than what it has kept.
    let mut ahead = Browser::open(&pair.here, &server, &job, Some("1-5")).await;
    assert_eq!(ahead.told().await.0, "status");
    assert_eq!(late.told().await.0, "status");
    assert_eq!(late.told().await, told("delta", "1-4", json!({"text": "ü"})));
    pair.there.succeed(&leased.lease, writer, "Grüne").await;

    assert_eq!(browser.rest().await, ["delta {\"text\":\"ne\"}", DONE]);
    assert_eq!(late.rest().await, ["delta {\"text\":\"ne\"}", DONE]);
    assert_eq!(ahead.rest().await, ["delta {\"text\":\"e\"}", DONE]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_hears_of_another_attempt_elsewhere() {
    let pair = Pair::new().await;
    let server = pair.here.serve().await;
    let job = pair.there.submit().await;
    let (leased, _writer) = pair.there.begin().await;
    pair.append(&leased.lease, "Nope").await;
    let mut browser = Browser::open(&pair.here, &server, &job, None).await;
    browser.told().await;
    browser.told().await;

    pair.there.fail(&leased.lease).await;
    assert_eq!(browser.told().await.2, json!({"status": "queued", "attempt": 1}));
    let (again, writer) = pair.there.begin().await;
    assert_eq!(browser.told().await, told("reset", "2-0", json!({"attempt": 2})));
    browser.told().await;
    pair.there.succeed(&again.lease, writer, "Yes").await;

    assert_eq!(browser.rest().await, ["delta {\"text\":\"Yes\"}", DONE]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_at_one_daemon_wakes_those_who_wait_at_another() {
    let pair = Pair::new().await;
    let job = JobRef { site: site(SITE), job_id: pair.there.submit().await };
    let (leased, writer) = pair.there.begin().await;
    let results = pair.here.results();
    let request = ResultsRequest { site: site(SITE), since: 0, limit: 10, wait_ms: millis(MAX_WAIT) };

    let began = Instant::now();
    let (page, ended, ()) = tokio::join!(results.page(request, &pair.never), pair.wait(&job), async {
        // By then the others wait, on any machine that is not stuck.
        for _ in 0..20 {
            pair.append(&leased.lease, "Hello").await;
        }
        pair.there.succeed(&leased.lease, writer, "Hello").await;
    });

    assert_eq!(page.unwrap().results.len(), 1);
    assert_eq!(ended.unwrap(), JobStatus::Succeeded);
    assert!(began.elapsed() < MAX_WAIT / 2, "both were told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_ends_all_that_wait_and_watch() {
    let pair = Pair::new().await;
    let server = pair.here.serve().await;
    let job = JobRef { site: site(SITE), job_id: pair.there.submit().await };
    assert_eq!(pair.database.rows("UPDATE jobs SET subject = 'user:1' RETURNING job_no").await.len(), 1);
    let (leased, _writer) = pair.there.begin().await;
    pair.append(&leased.lease, "Hello").await;
    let mut browser = Browser::open(&pair.here, &server, &job.job_id, None).await;
    browser.told().await;
    browser.told().await;

    let began = Instant::now();
    let (waited, ()) = tokio::join!(pair.wait(&job), async {
        for _ in 0..20 {
            pair.append(&leased.lease, ".").await;
        }
        let erased = pair.there.store.erase(site(SITE), "user:1".to_owned(), 10).await.unwrap();
        assert_eq!(erased.jobs.len(), 1);
    });

    assert!(matches!(waited, Err(WaitError::Lookup(LookupError::NotFound))), "{waited:?}");
    assert!(began.elapsed() < MAX_WAIT / 2, "it was told");
    let told = browser.rest().await;
    let last = told.last().unwrap();
    assert!(last.starts_with("done ") && last.contains("\"job_not_found\""), "{told:?}");
    assert!(pair.here.store.snapshot(job).await.unwrap().is_none());
}
