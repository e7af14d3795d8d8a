//! A job's life: answers, failures, retries, cancellation, webhooks.

use std::time::{Duration, Instant};

use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use platen_core::webhook;
use platen_core::wire::{Reply, Request};
use rusqlite::Connection;

use crate::daemon::{Home, chat, reference};
use crate::openai::{cut, hello, slow_hello, withheld};
use crate::stub::{Received, Reply as Answer, Stub, eventually};

const FAST_RETRY: &str = "[jobs]\nbackoff_base_ms = 1\n";

async fn webhooks() -> Stub {
    Stub::start(vec![Answer::status(200, "{\"applied\":true}")]).await
}

async fn one_webhook(stub: &Stub) -> Received {
    eventually("a webhook", || stub.count() > 0).await;
    let mut received = stub.received();
    assert_eq!(received.len(), 1, "one webhook, not more");
    received.remove(0)
}

#[tokio::test]
async fn a_job_is_answered_and_its_site_is_told() {
    let (provider, site) = (Stub::start(vec![hello()]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "");
    let key = home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("Who is there?");

    let receipt = client.submit(spec.clone()).await;
    let job = client.wait_for(&spec.id, JobStatus::Succeeded).await;

    assert_eq!(receipt.status, JobStatus::Queued);
    let answer = job.result.clone().unwrap();
    assert_eq!((answer.text.as_str(), answer.finish_reason.as_str()), ("Hello there", "stop"));
    assert_eq!((answer.model.as_str(), answer.provider.as_str()), ("tiny-1", "main"));
    let usage = job.usage.clone().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.cost_microusd), (10, 2, Some(14)));
    assert_eq!((job.attempt, job.created_at, job.error), (1, spec.created_at, None));

    let webhook = one_webhook(&site).await;
    let headers = webhook::Headers {
        id: webhook.header("webhook-id"),
        timestamp: webhook.header("webhook-timestamp"),
        signature: webhook.header("webhook-signature"),
    };
    let now = platen_core::clock::Clock::now(&platen_sidecar::clock::SystemClock);
    webhook::verify(&headers, &webhook.body, &[&key], Duration::from_mins(5), now).unwrap();
    let body = webhook.json();
    assert_eq!(body["type"], "job.succeeded");
    assert_eq!(body["data"]["job_id"], spec.id.as_str());
    assert_eq!(body["data"]["result"]["text"], "Hello there");
    assert_eq!(body["data"]["usage"]["cost_microusd"], 14);
    assert_eq!(body["data"]["request_id"], spec.request_id.as_str());
}

#[tokio::test]
async fn one_request_id_and_one_trace_go_through_all_of_it() {
    let (provider, site) = (Stub::start(vec![hello()]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "");
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");

    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Succeeded).await;
    let webhook = one_webhook(&site).await;

    let call = provider.received().remove(0);
    for request in [&call, &webhook] {
        assert_eq!(request.header("x-request-id"), spec.request_id);
        assert!(request.header("traceparent").starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
    }
    let delivered = |reply| match reply {
        Reply::Hops(trace) => trace.hops.into_iter().map(|hop| hop.name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let trace = Request::Trace(reference(&spec.id));
    let mut hops = delivered(client.call(&trace).await);
    for _ in 0..100 {
        if hops.last().is_some_and(|last| last == "webhook.delivered") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        hops = delivered(client.call(&trace).await);
    }
    assert_eq!(
        hops,
        [
            "job.accepted",
            "job.leased",
            "provider.called",
            "provider.first_token",
            "provider.answered",
            "job.succeeded",
            "webhook.delivered"
        ]
    );
    let log = home.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains(spec.id.as_str())).collect();
    assert!(lines.len() >= 3 && lines.iter().all(|line| line.contains(&spec.request_id)), "{log}");
}

#[tokio::test]
async fn a_provider_that_asks_for_patience_gets_it() {
    let refusal =
        Answer::status(429, r#"{"error":{"code":"rate_limit_exceeded"}}"#).header("retry-after", "1");
    let (provider, site) = (Stub::start(vec![refusal, hello()]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, FAST_RETRY);
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let (spec, began) = (chat("?"), Instant::now());

    client.submit(spec.clone()).await;
    let waiting = client.wait_until(&spec.id, "waiting", |job| job.error.is_some()).await;
    let job = client.wait_for(&spec.id, JobStatus::Succeeded).await;

    assert_eq!(waiting.status, JobStatus::Queued);
    assert_eq!(waiting.error.unwrap().code, ErrorCode::ProviderRateLimited);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!((job.attempt, provider.count()), (2, 2));
}

#[tokio::test]
async fn what_would_fail_again_is_dead_at_once_and_can_be_replayed() {
    let refusal = Answer::status(400, r#"{"error":{"code":"bad_model","message":"secret details"}}"#);
    let (provider, site) = (Stub::start(vec![refusal, hello()]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, FAST_RETRY);
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");

    client.submit(spec.clone()).await;
    let dead = client.wait_for(&spec.id, JobStatus::Dead).await;
    let told = one_webhook(&site).await;

    assert_eq!(dead.error.unwrap().code, ErrorCode::ProviderRejected);
    assert_eq!((dead.attempt, provider.count()), (1, 1));
    assert_eq!(told.json()["type"], "job.dead");
    assert_eq!(told.json()["data"]["error"]["code"], "provider_rejected");

    let retry = Request::Retry(reference(&spec.id));
    assert!(matches!(client.call(&retry).await, Reply::Job(job) if job.status == JobStatus::Queued));
    let job = client.wait_for(&spec.id, JobStatus::Succeeded).await;
    let told_again = one_webhook(&site).await;

    assert_eq!((job.attempt, job.error), (2, None));
    assert_eq!(told_again.json()["type"], "job.succeeded");
    assert_ne!(told.header("webhook-id"), told_again.header("webhook-id"));
    assert_eq!(client.refused(&retry).await, ErrorCode::InvalidTransition);
    assert_eq!(client.refused(&Request::Cancel(reference(&spec.id))).await, ErrorCode::InvalidTransition);
}

#[tokio::test]
async fn refused_content_and_a_used_up_quota_are_dead_at_once_of_their_own_causes() {
    let filtered = Answer::status(400, r#"{"error":{"code":"content_filter","message":"planted"}}"#);
    let withheld = Answer::stream(vec![withheld()]);
    let quota = Answer::status(429, r#"{"error":{"code":"insufficient_quota","message":"planted"}}"#);
    let (provider, site) = (Stub::start(vec![filtered, withheld, quota]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, FAST_RETRY);
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;

    for (code, cause) in [
        (ErrorCode::ProviderModerated, "moderated"),
        (ErrorCode::ProviderModerated, "moderated"),
        (ErrorCode::ProviderQuotaExhausted, "budget"),
    ] {
        let spec = chat("?");
        client.submit(spec.clone()).await;
        let dead = client.wait_for(&spec.id, JobStatus::Dead).await;

        assert_eq!((dead.error.unwrap().code, dead.attempt), (code, 1));
        let list = home.ok(&["jobs", "dead", "list", "--cause", cause, "--format", "json"]);
        assert!(list.contains(spec.id.as_str()), "{cause}: {list}");
    }
    assert_eq!(provider.count(), 3);
}

#[tokio::test]
async fn a_cut_stream_is_tried_again_until_the_attempts_are_used_up_and_no_text_is_lost() {
    let (provider, site) = (Stub::start(vec![cut()]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, FAST_RETRY);
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");

    client.submit(spec.clone()).await;
    let dead = client.wait_for(&spec.id, JobStatus::Dead).await;

    assert_eq!((dead.attempt, provider.count()), (4, 4));
    let usage = dead.usage.unwrap();
    assert!(usage.is_estimate && usage.output_tokens >= 4, "{usage:?}");
    let database = Connection::open(home.database()).unwrap();
    let kept: Vec<(String, String)> = database
        .prepare("SELECT outcome, partial_text FROM attempts JOIN jobs USING (job_no) WHERE job_id = ?1 ORDER BY attempts.attempt")
        .unwrap()
        .query_map([spec.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(kept, vec![("failed".to_owned(), "Hello ".to_owned()); 4]);
}

#[tokio::test]
async fn a_running_job_that_is_cancelled_costs_nothing_more() {
    let (provider, site) = (Stub::start(vec![slow_hello(Duration::from_mins(1))]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "");
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");
    client.submit(spec.clone()).await;
    eventually("the call", || provider.open_answers() == 1).await;

    let reply = client.call(&Request::Cancel(reference(&spec.id))).await;

    assert!(matches!(reply, Reply::Job(job) if job.status == JobStatus::Cancelled));
    eventually("the end of the call", || provider.open_answers() == 0).await;
    assert_eq!(one_webhook(&site).await.json()["type"], "job.cancelled");
    assert_eq!(client.job(&spec.id).await.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn a_queued_job_that_is_cancelled_is_never_run() {
    let (provider, site) = (Stub::start(vec![slow_hello(Duration::from_mins(1))]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "[jobs]\nconcurrency = 1\n");
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let (running, queued) = (chat("1"), chat("2"));
    client.submit(running.clone()).await;
    client.wait_for(&running.id, JobStatus::Running).await;
    client.submit(queued.clone()).await;

    client.call(&Request::Cancel(reference(&queued.id))).await;
    client.call(&Request::Cancel(reference(&running.id))).await;

    eventually("two webhooks", || site.count() == 2).await;
    assert_eq!(provider.count(), 1);
    assert_eq!(client.job(&queued.id).await.attempt, 0);
}

#[tokio::test]
async fn a_job_does_not_outlive_its_deadline() {
    let (provider, site) = (Stub::start(vec![slow_hello(Duration::from_mins(1))]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "[jobs]\ndeadline_s = 1\n");
    home.add_site(&site.url);
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");

    client.submit(spec.clone()).await;
    let dead = client.wait_for(&spec.id, JobStatus::Dead).await;

    assert_eq!(dead.error.unwrap().code, ErrorCode::DeadlineExceeded);
    eventually("the end of the call", || provider.open_answers() == 0).await;
}

#[tokio::test]
async fn no_key_and_no_text_is_in_the_log_and_no_key_in_the_database() {
    let refusal = Answer::status(401, r#"{"error":{"message":"Incorrect API key: sk-planted-key"}}"#);
    let (provider, site) = (Stub::start(vec![refusal, hello()]).await, webhooks().await);
    let home = Home::with_provider(&provider.url, "[log]\nlevel = \"trace\"\n");
    home.add_site(&site.url);
    let mut daemon = home.start().await;
    let mut client = home.client().await;
    let (first, second) = (chat("planted-question"), chat("planted-question"));

    client.submit(first.clone()).await;
    client.wait_for(&first.id, JobStatus::Dead).await;
    client.submit(second.clone()).await;
    client.wait_for(&second.id, JobStatus::Succeeded).await;
    daemon.terminate();
    daemon.ended().await;

    assert_eq!(provider.received()[0].header("authorization"), "Bearer sk-planted-key");
    let log = home.log();
    for planted in ["sk-planted", "planted-question", "Hello there", "psk_", "whsec_"] {
        assert!(!log.contains(planted), "{planted} is in the log");
    }
    let state = home.database();
    for file in std::fs::read_dir(state.parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("sk-planted"), "the key is in the database");
    }
}
