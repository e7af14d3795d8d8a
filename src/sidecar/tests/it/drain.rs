//! SIGTERM: finish or give back, and end with 0.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use platen_core::job::JobStatus;
use platen_core::wire::Request;
use tokio::net::UnixStream;
use tokio::time::sleep;

use crate::daemon::{Home, chat};
use crate::effects::{expect_one_each, hand_over, webhooks};
use crate::openai::{hello, slow_hello};
use crate::stub::{Stub, eventually};

#[tokio::test]
async fn a_running_job_may_finish() {
    let (provider, site) =
        (Stub::start(vec![slow_hello(Duration::from_millis(500))]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "");
    home.add_site(&site.url);
    let mut daemon = home.start().await;
    let spec = chat("?");
    home.client().await.submit(spec.clone()).await;
    eventually("the call", || provider.open_answers() == 1).await;

    daemon.terminate();
    let status = daemon.ended().await;

    assert_eq!(status.code(), Some(0));
    assert!(!home.socket().exists(), "clients must not wait for a daemon that is gone");
    let _daemon = home.start().await;
    let job = home.client().await.job(&spec.id).await;
    assert_eq!((job.status, job.attempt), (JobStatus::Succeeded, 1));
    assert_eq!(provider.count(), 1, "the answer was not asked for twice");
    eventually("the webhook", || site.count() == 1).await;
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_given_back_without_blame() {
    let answers = vec![slow_hello(Duration::from_mins(1)), hello()];
    let (provider, site) = (Stub::start(answers).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "[jobs]\nmax_attempts = 1\npoison_after = 1\n");
    home.set("daemon.drain_deadline_s = 1");
    home.add_site(&site.url);
    let mut daemon = home.start().await;
    let spec = chat("?");
    home.client().await.submit(spec.clone()).await;
    eventually("the call", || provider.open_answers() == 1).await;

    let began = Instant::now();
    daemon.terminate();
    let status = daemon.ended().await;

    assert_eq!(status.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    let _daemon = home.start().await;
    let job = home.client().await.wait_for(&spec.id, JobStatus::Succeeded).await;
    assert_eq!(job.attempt, 2, "it counts as an attempt but not as a failure");
}

#[tokio::test]
async fn an_idle_daemon_ends_at_once_and_closes_its_connections() {
    let home = Home::offline("");
    let mut daemon = home.start().await;
    let mut client = home.client().await;
    client.call(&Request::Ping).await;

    let began = Instant::now();
    daemon.terminate();
    let status = daemon.ended().await;

    assert_eq!(status.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(client.try_call(&Request::Ping).await.is_err());
    assert!(UnixStream::connect(home.socket()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_upgrades_under_load_lose_nothing_and_double_nothing() {
    let site = webhooks().await;
    let home = Home::offline("[jobs]\nconcurrency = 8\n");
    home.add_site(&site.url);
    let jobs: Vec<_> = (0..240).map(|number| chat(&format!("Question {number}?"))).collect();
    let accepted = AtomicUsize::new(0);

    let upgrading = async {
        let mut daemon = home.start().await;
        for round in 1..=5 {
            while accepted.load(Ordering::SeqCst) < round * 40 {
                sleep(Duration::from_millis(1)).await;
            }
            daemon.terminate();
            // At once, as an installer does it: the next one waits for the one that drains.
            let next = home.start().await;
            assert_eq!(daemon.ended().await.code(), Some(0));
            daemon = next;
        }
        daemon
    };
    let handing_over = async {
        for job in &jobs {
            hand_over(&home, job).await;
            accepted.fetch_add(1, Ordering::SeqCst);
        }
    };
    let (_daemon, ()) = tokio::join!(upgrading, handing_over);

    expect_one_each(&home, &site, &jobs).await;
}

#[tokio::test]
async fn a_second_daemon_is_refused_while_the_first_one_serves() {
    let home = Home::offline("");
    let _daemon = home.start().await;

    let error = home.fails(&["serve"]);

    assert!(error.contains("another daemon uses the state directory"), "{error}");
    home.client().await.call(&Request::Ping).await;
}
