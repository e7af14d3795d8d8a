//! The hand-off beyond one durable job: early acknowledgements, batches, waiting, budgets, shared rate limits.

use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::{JobSnapshot, JobSpec, JobStatus};
use platen_core::rate::Quota;
use platen_core::wire::{
    BatchItem, BudgetRequest, Description, RateDecision, RateRequest, Reply, Request, Reservation,
    SettleRequest, Settlement, Submit, SubmitMany, WaitRequest, encode,
};
use platen_limits::{Guest, beside, uptime_micros};
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::Instant;

use crate::daemon::{Client, Home, chat, reference, site};
use crate::openai::{hello, slow_hello};
use crate::stub::Stub;

fn text_of(job: &JobSpec) -> Box<RawValue> {
    to_raw_value(job).unwrap()
}

fn batch(jobs: Vec<Box<RawValue>>) -> Request {
    Request::SubmitMany(SubmitMany { site: site(), jobs })
}

fn boxed(job: &JobSpec) -> Box<Submit> {
    Box::new(Submit { site: site(), job: job.clone() })
}

async fn receipts(client: &mut Client, request: &Request) -> Vec<BatchItem> {
    match client.call(request).await {
        Reply::Receipts(receipts) => receipts.receipts,
        other => panic!("{other:?}"),
    }
}

async fn wait(client: &mut Client, job: &JobSpec, wait_ms: u64) -> JobSnapshot {
    let request = Request::Wait(WaitRequest { site: site(), job_id: job.id.clone(), wait_ms });
    match client.call(&request).await {
        Reply::Job(job) => *job,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_accepted_job_and_a_pushed_one_become_durable_and_end() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let (accepted, pushed) = (chat("accepted"), chat("pushed"));

    let Reply::Receipt(receipt) = client.call(&Request::Accept(boxed(&accepted))).await else {
        panic!("no receipt")
    };
    let (tag, body) = Request::Push(boxed(&pushed)).encode().unwrap();
    client.send(&encode(tag, &body).unwrap()).await.unwrap();
    client.send(&encode(tag, b"no JSON").unwrap()).await.unwrap();
    let mut stranger = boxed(&pushed);
    stranger.site = "nobody".to_owned().try_into().unwrap();
    let (tag, body) = Request::Push(stranger).encode().unwrap();
    client.send(&encode(tag, &body).unwrap()).await.unwrap();
    // The answer that comes next is that of the ping: a push has none, whatever is wrong with it.
    assert!(matches!(client.call(&Request::Ping).await, Reply::Pong(_)));

    assert_eq!((receipt.job_id, receipt.status), (accepted.id.clone(), JobStatus::Queued));
    for job in [accepted, pushed] {
        let deadline = Instant::now() + Duration::from_secs(20);
        while matches!(client.call(&Request::Status(reference(&job.id))).await, Reply::Refusal(_)) {
            assert!(Instant::now() < deadline, "the job never becomes durable");
        }
        assert_eq!(wait(&mut client, &job, 20_000).await.status, JobStatus::Succeeded);
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_taken_is_refused_before_it_is_accepted() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    let mut client = home.client().await;
    assert_eq!(client.refused(&Request::Accept(boxed(&chat("?")))).await, ErrorCode::UnknownSite);
    home.add_site("http://127.0.0.1:9");
    let mut no_id = chat("?");
    no_id.request_id = "no spaces".to_owned();

    assert_eq!(client.refused(&Request::Accept(boxed(&no_id))).await, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_clean_stop_loses_no_accepted_job() {
    let home = Home::offline("");
    let mut daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let jobs: Vec<JobSpec> = (0..40).map(|number| chat(&format!("hello {number}"))).collect();

    for job in &jobs {
        assert!(matches!(client.call(&Request::Accept(boxed(job))).await, Reply::Receipt(_)));
    }
    daemon.terminate();
    daemon.ended().await;
    let _daemon = home.start().await;

    let mut client = home.client().await;
    for job in &jobs {
        client.wait_for(&job.id, JobStatus::Succeeded).await;
    }
}

#[tokio::test]
async fn a_batch_is_taken_job_by_job_in_one_transaction() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let (fresh, known) = (chat("fresh"), chat("known"));
    client.submit(known.clone()).await;
    let mut conflicting = chat("other work");
    conflicting.idempotency_key.clone_from(&known.idempotency_key);
    let mut invalid = chat("?");
    invalid.idempotency_key = String::new();
    let formless = RawValue::from_string(r#"{"id":"a secret question"}"#.to_owned()).unwrap();
    let jobs = vec![
        text_of(&fresh),
        formless,
        text_of(&known),
        text_of(&conflicting),
        text_of(&invalid),
        text_of(&fresh),
    ];

    let items = receipts(&mut client, &batch(jobs)).await;

    let seen: Vec<_> = items
        .into_iter()
        .map(|item| match item {
            BatchItem::Receipt(receipt) => Ok((receipt.job_id, receipt.is_duplicate)),
            BatchItem::Refusal(refusal) => {
                assert!(!refusal.message.contains("secret"), "{}", refusal.message);
                Err(refusal.code)
            }
        })
        .collect();
    let expected = [
        Ok((fresh.id.clone(), false)),
        Err(ErrorCode::InvalidRequest),
        Ok((known.id, true)),
        Err(ErrorCode::IdempotencyConflict),
        Err(ErrorCode::InvalidRequest),
        Ok((fresh.id.clone(), true)),
    ];
    assert_eq!(seen, expected);
    client.wait_for(&fresh.id, JobStatus::Succeeded).await;
    assert_eq!(client.refused(&batch(Vec::new())).await, ErrorCode::InvalidRequest);
    let long = (0..257).map(|_| text_of(&fresh)).collect();
    assert_eq!(client.refused(&batch(long)).await, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_wait_ends_with_the_job_or_with_its_time() {
    let stub = Stub::start(vec![slow_hello(Duration::from_secs(1)), hello()]).await;
    let home = Home::with_provider(&stub.url, "");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let (mut client, mut other) = (home.client().await, home.client().await);
    let job = chat("hello");
    client.submit(job.clone()).await;

    let standing = wait(&mut client, &job, 50).await;
    let (first, second) = tokio::join!(wait(&mut client, &job, 30_000), wait(&mut other, &job, 30_000));

    assert!(!standing.status.is_final(), "{standing:?}");
    assert_eq!((first.status, second.status), (JobStatus::Succeeded, JobStatus::Succeeded));
    assert_eq!(wait(&mut client, &job, 30_000).await.status, JobStatus::Succeeded, "it has ended before");
}

#[tokio::test]
async fn a_wait_knows_only_the_sites_own_jobs_and_an_end_by_request() {
    let stub = Stub::start(vec![slow_hello(Duration::from_secs(5)), hello()]).await;
    let home = Home::with_provider(&stub.url, "");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let (mut client, mut other) = (home.client().await, home.client().await);
    let job = chat("hello");
    client.submit(job.clone()).await;
    let foreign =
        WaitRequest { site: "other".to_owned().try_into().unwrap(), job_id: job.id.clone(), wait_ms: 1 };
    let endless = WaitRequest { site: site(), job_id: job.id.clone(), wait_ms: 60_001 };
    assert_eq!(client.refused(&Request::Wait(foreign)).await, ErrorCode::JobNotFound);
    assert_eq!(client.refused(&Request::Wait(endless)).await, ErrorCode::InvalidRequest);

    let cancel = Request::Cancel(reference(&job.id));
    let (ended, _) = tokio::join!(wait(&mut client, &job, 30_000), other.call(&cancel));

    assert_eq!(ended.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn a_daemon_that_drains_lets_nobody_wait() {
    let stub = Stub::start(vec![slow_hello(Duration::from_secs(5)), hello()]).await;
    let home = Home::with_provider(&stub.url, "");
    let daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let job = chat("hello");
    client.submit(job.clone()).await;
    client.wait_for(&job.id, JobStatus::Running).await;

    let waiting = wait(&mut client, &job, 60_000);
    let terminate = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        daemon.terminate();
    };
    let (standing, ()) = tokio::join!(waiting, terminate);

    assert_eq!(standing.status, JobStatus::Running, "the answer came before the job's end");
}

#[tokio::test]
async fn a_budget_holds_over_a_crash() {
    let home = Home::offline("");
    let daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let request = |id: &str, amount| {
        Request::Reserve(BudgetRequest {
            site: site(),
            key: "user:1".to_owned(),
            unit: platen_core::budget::BudgetUnit::Microusd,
            period: platen_core::budget::BudgetPeriod::Month,
            limit: 1000,
            amount,
            reservation_id: id.to_owned(),
            ttl_s: 3600,
        })
    };
    let reserved = |reply| match reply {
        Reply::Reservation(Reservation { is_allowed, remaining, .. }) => (is_allowed, remaining),
        other => panic!("{other:?}"),
    };
    let mut client = home.client().await;
    assert_eq!(reserved(client.call(&request("a", 600)).await), (true, 400));
    daemon.kill();
    let _daemon = home.start().await;

    let mut client = home.client().await;
    assert_eq!(reserved(client.call(&request("b", 600)).await), (false, 400));
    let settle = Request::Settle(SettleRequest { site: site(), reservation_id: "a".to_owned(), amount: 100 });
    let Reply::Settlement(Settlement { spent, is_duplicate, .. }) = client.call(&settle).await else {
        panic!("not settled")
    };
    assert_eq!((spent, is_duplicate), (100, false));
    assert_eq!(reserved(client.call(&request("b", 600)).await), (true, 300));

    assert_eq!(client.refused(&request("a", 599)).await, ErrorCode::IdempotencyConflict);
    assert_eq!(client.refused(&request("c", 1001)).await, ErrorCode::InvalidRequest);
    assert_eq!(client.refused(&request("no spaces", 1)).await, ErrorCode::InvalidRequest);
    let unknown = SettleRequest { site: site(), reservation_id: "unheard-of".to_owned(), amount: 1 };
    assert_eq!(client.refused(&Request::Settle(unknown)).await, ErrorCode::ReservationNotFound);
}

#[tokio::test]
async fn the_daemon_describes_itself() {
    let home = Home::offline("");
    let _daemon = home.start().await;

    let reply = home.client().await.call(&Request::Describe).await;

    let Reply::Description(description) = reply else { panic!("{reply:?}") };
    let Description { protocol, limits, models, features, .. } = *description;
    assert_eq!((protocol, limits.frame_bytes, limits.batch_jobs), (1, 1024 * 1024, 256));
    assert_eq!(models, ["default"]);
    assert!(features.contains(&"wait".to_owned()));
}

/// Both sides of the table, in two processes.
#[tokio::test]
async fn the_daemon_and_a_worker_take_from_the_same_limit() {
    let home = Home::offline("");
    let daemon = home.start().await;
    let mut client = home.client().await;
    let request = Request::RateLimit(RateRequest {
        site: site(),
        key: "k".to_owned(),
        limit: 3,
        window_ms: 600_000,
        cost: 1,
    });
    let remaining = |reply| match reply {
        Reply::RateDecision(RateDecision { is_allowed, remaining, .. }) => (is_allowed, remaining),
        other => panic!("{other:?}"),
    };
    let quota = Quota::new("k", 3, Duration::from_mins(10), 1).unwrap();
    let guest = Guest::open(&beside(&home.socket())).unwrap();
    let take =
        || guest.take("demo", "k", quota, uptime_micros()).map(|taken| (taken.is_allowed, taken.remaining));
    assert_eq!(take(), None, "nobody has asked for this key yet");

    assert_eq!(remaining(client.call(&request).await), (true, 2));
    assert_eq!(take(), Some((true, 1)));
    assert_eq!(remaining(client.call(&request).await), (true, 0));
    assert_eq!(take(), Some((false, 0)));

    daemon.kill();
    assert_eq!(take(), Some((false, 0)), "it goes on without the daemon");
    let _daemon = home.start().await;
    assert_eq!(remaining(home.client().await.call(&request).await), (false, 0));
}

#[tokio::test]
async fn a_duplicate_of_an_accepted_job_is_one_job() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let job = chat("twice");

    client.call(&Request::Accept(boxed(&job))).await;
    client.call(&Request::Accept(boxed(&job))).await;
    // It may be the first on the disk: accepted jobs come there behind the answer.
    let first = client.submit(job.clone()).await;
    let second = client.submit(job.clone()).await;

    assert_eq!((first.job_id, &second.job_id, second.is_duplicate), (job.id.clone(), &job.id, true));
    assert_eq!(client.wait_for(&job.id, JobStatus::Succeeded).await.attempt, 1);
}

#[tokio::test]
async fn what_a_crash_takes_of_accepted_jobs_is_handed_over_again_and_nothing_is_doubled() {
    let home = Home::offline("");
    let daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let jobs: Vec<JobSpec> = (0..60).map(|number| chat(&format!("hello {number}"))).collect();
    for job in &jobs {
        assert!(matches!(client.call(&Request::Accept(boxed(job))).await, Reply::Receipt(_)));
    }
    daemon.kill();
    let _daemon = home.start().await;

    let mut client = home.client().await;
    for job in &jobs {
        let known = matches!(client.call(&Request::Status(reference(&job.id))).await, Reply::Job(_));
        let receipt = client.submit(job.clone()).await;
        assert_eq!((receipt.job_id, receipt.is_duplicate), (job.id.clone(), known));
    }
    for job in &jobs {
        client.wait_for(&job.id, JobStatus::Succeeded).await;
    }
}
