//! Two daemons share one PostgreSQL. One is stopped past its leases and goes on, one is killed: every job has one
//! effect, and the other daemon works on meanwhile.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use platen_core::job::{JobId, JobStatus};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::daemon::{Daemon, Home, chat};
use crate::openai::{hello, slow_hello};
use crate::postgres::Database;
use crate::stub::{Reply, Step, Stub, eventually};

/// No step of the test takes so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long each answer takes: work is always under way when something happens to a daemon.
const PACE: Duration = Duration::from_millis(300);

fn home(database: &Database, provider: &Stub, owner: &str) -> Home {
    let settings = format!("[jobs]\nowner = \"{owner}\"\nconcurrency = 4\nlease_s = 3\npoison_after = 50\n");
    let mut home = Home::with_provider(&provider.url, &settings);
    home.export("PLATEN_DATABASE_URL", &database.url());
    home
}

async fn submit(home: &Home, count: usize) -> Vec<JobId> {
    submit_in(home, count, None).await
}

async fn submit_in(home: &Home, count: usize, conversation: Option<&str>) -> Vec<JobId> {
    let mut client = home.client().await;
    let mut ids = Vec::new();
    for number in 0..count {
        let mut spec = chat(&format!("Question {number}?"));
        // One user each, so that nothing is taken for the same question.
        spec.subject = Some(format!("user:{}", spec.id));
        spec.conversation = conversation.map(str::to_owned);
        ids.push(client.submit(spec).await.job_id);
    }
    ids
}

async fn all_succeed(home: &Home, jobs: &[JobId]) {
    let mut client = home.client().await;
    for id in jobs {
        client.wait_for(id, JobStatus::Succeeded).await;
    }
}

fn signal(daemon: &Daemon, signal: Signal) {
    kill_process(Pid::from_child(&daemon.child), signal).unwrap();
}

/// Stops the daemon in the middle of work.
async fn stop_at_work(daemon: &Daemon, database: &Database) {
    let running = "SELECT COUNT(*) FROM steps WHERE status = 'running' AND owner = 'one'";
    let is_at_work = async || database.rows(running).await[0].get::<_, i64>(0) > 0;
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "the daemon takes no work");
        if is_at_work().await {
            signal(daemon, Signal::STOP);
            // Nothing changes any more but what was on its way.
            sleep(Duration::from_millis(100)).await;
            if is_at_work().await {
                return;
            }
            signal(daemon, Signal::CONT);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// What the site was told: job by webhook id. One that was told but not written down comes again with its id, and
/// has one effect.
async fn told(site: &Stub, count: usize) -> HashMap<String, String> {
    let mut effects = HashMap::new();
    let deadline = Instant::now() + PATIENCE;
    while effects.len() < count {
        assert!(Instant::now() < deadline, "{} of {count} webhooks", effects.len());
        for received in site.received() {
            let job = received.json()["data"]["job_id"].as_str().unwrap().to_owned();
            effects.insert(received.header("webhook-id").to_owned(), job);
        }
        sleep(Duration::from_millis(10)).await;
    }
    effects
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_has_two_effects_and_work_goes_on() {
    let provider = Stub::start(vec![slow_hello(PACE)]).await;
    let site = Stub::start(vec![Reply::status(200, "{\"applied\":true}")]).await;
    let database = Database::new().await;
    let (one, two) = (home(&database, &provider, "one"), home(&database, &provider, "two"));
    one.add_site(&site.url);
    let (first, _second) = (one.start().await, two.start().await);

    let mut jobs = submit(&one, 16).await;
    stop_at_work(&first, &database).await;
    let meanwhile = submit(&two, 8).await;
    all_succeed(&two, &meanwhile).await;
    // Among them those that the first daemon had taken: their leases run out.
    all_succeed(&two, &jobs).await;
    jobs.extend(meanwhile);
    signal(&first, Signal::CONT);

    let more = submit(&one, 16).await;
    stop_at_work(&first, &database).await;
    first.kill();
    all_succeed(&two, &more).await;
    jobs.extend(more);

    let effects = told(&site, jobs.len()).await;
    let mut told: Vec<_> = effects.values().cloned().collect();
    told.sort();
    let mut expected: Vec<_> = jobs.iter().map(ToString::to_string).collect();
    expected.sort();
    assert_eq!(told, expected, "each job has exactly one webhook id");
    let query = "SELECT COUNT(*), MAX(ends), COUNT(*) FILTER (WHERE attempt > 1) FROM jobs";
    let row = database.rows(query).await.remove(0);
    let (count, most_ends, taken_over): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    assert_eq!((count, most_ends), (40, 1), "each job ended once");
    assert!(taken_over >= 2, "what was under way in the first daemon was run by the second");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_drains_hands_webhooks_over_in_their_order_and_none_twice() {
    const JOBS: usize = 16;
    let provider = Stub::start(vec![hello()]).await;
    // Slow, so that the first daemon drains in the middle of a delivery.
    let slow = Reply::stream(vec![Step::Pause(Duration::from_millis(100)), Step::send("{\"applied\":true}")]);
    let site = Stub::start(vec![slow]).await;
    let database = Database::new().await;
    let (one, two) = (home(&database, &provider, "one"), home(&database, &provider, "two"));
    one.add_site(&site.url);
    let mut first = one.start().await;
    let jobs = submit_in(&one, JOBS, Some("talk")).await;
    eventually("the first webhooks", || site.count() > 1).await;
    let _second = two.start().await;

    first.terminate();
    assert!(first.ended().await.success());

    let held = "SELECT owner FROM duties WHERE owner = 'one' AND until > 0";
    assert_eq!(database.rows(held).await.len(), 0, "another may deliver at once");
    let deadline = Instant::now() + PATIENCE;
    while site.count() < jobs.len() {
        assert!(Instant::now() < deadline, "{} of {JOBS} webhooks", site.count());
        sleep(Duration::from_millis(10)).await;
    }
    let order = "SELECT delivery_id FROM deliveries ORDER BY delivery_no";
    let ended: Vec<String> = database.rows(order).await.iter().map(|row| row.get(0)).collect();
    let received = site.received();
    let told: Vec<&str> = received.iter().map(|received| received.header("webhook-id")).collect();
    assert_eq!(told, ended, "in the order of the ends, each once");
}
