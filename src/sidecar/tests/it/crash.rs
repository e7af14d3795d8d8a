//! `kill -9` at any moment: nothing is lost and nothing happens twice.

use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use tokio::time::sleep;

use crate::daemon::{Home, chat};
use crate::effects::{expect_one_each, hand_over, webhooks};
use crate::openai::{hello, slow_hello};
use crate::stub::{Stub, eventually};

#[tokio::test]
async fn a_job_that_was_cut_in_the_middle_is_run_again_and_ends_once() {
    let answers = vec![slow_hello(Duration::from_mins(1)), hello()];
    let (provider, site) = (Stub::start(answers).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "");
    home.add_site(&site.url);
    let daemon = home.start().await;
    let spec = chat("?");
    home.client().await.submit(spec.clone()).await;
    eventually("the call", || provider.open_answers() == 1).await;
    // Longer than the interval at which received text is written.
    sleep(Duration::from_millis(300)).await;

    daemon.kill();
    let _daemon = home.start().await;
    let job = home.client().await.wait_for(&spec.id, JobStatus::Succeeded).await;

    assert_eq!(job.attempt, 2);
    assert_eq!(job.result.unwrap().text, "Hello there");
    eventually("the webhook", || site.count() > 0).await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(site.count(), 1);
    let database = rusqlite::Connection::open(home.database()).unwrap();
    let kept: (String, String) = database
        .query_row(
            "SELECT outcome, partial_text FROM attempts JOIN jobs USING (job_no) WHERE job_id = ?1 AND attempts.attempt = 1",
            [spec.id.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(kept, ("abandoned".to_owned(), "Hello ".to_owned()), "what the provider had sent is kept");
}

#[tokio::test]
async fn a_job_that_takes_the_daemon_down_is_given_up() {
    let (provider, site) = (Stub::start(vec![slow_hello(Duration::from_mins(1))]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "[jobs]\npoison_after = 2\n");
    home.add_site(&site.url);
    let spec = chat("?");
    let daemon = home.start().await;
    home.client().await.submit(spec.clone()).await;

    for daemon in [Some(daemon), None] {
        let daemon = match daemon {
            Some(daemon) => daemon,
            None => home.start().await,
        };
        home.client().await.wait_for(&spec.id, JobStatus::Running).await;
        daemon.kill();
    }
    let _daemon = home.start().await;
    let job = home.client().await.job(&spec.id).await;

    assert_eq!((job.status, job.error.unwrap().code), (JobStatus::Dead, ErrorCode::Poison));
    eventually("the webhook", || site.count() == 1).await;
    assert_eq!(site.received()[0].json()["data"]["error"]["code"], "poison");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_jobs_and_five_kills_give_two_hundred_answers() {
    let site = webhooks().await;
    let home = Home::offline("[jobs]\nconcurrency = 8\npoison_after = 100\n");
    home.add_site(&site.url);
    let jobs: Vec<_> = (0..200).map(|number| chat(&format!("Question {number}?"))).collect();

    let killing = async {
        for _ in 0..5 {
            let daemon = home.start().await;
            sleep(Duration::from_millis(400)).await;
            daemon.kill();
        }
        home.start().await
    };
    let handing_over = async {
        for job in &jobs {
            hand_over(&home, job).await;
        }
    };
    let (_daemon, ()) = tokio::join!(killing, handing_over);

    expect_one_each(&home, &site, &jobs).await;
}
