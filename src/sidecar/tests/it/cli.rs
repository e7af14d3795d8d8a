//! The command line, beside a running daemon and without one.

use std::fs;
use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use platen_core::signing::SigningKey;
use platen_core::wire::Request;
use serde_json::Value;

use crate::daemon::{Home, SITE, chat, reference};
use crate::openai::slow_hello;
use crate::stub::{Reply as Answer, Stub, eventually};

#[tokio::test]
async fn a_site_is_added_while_the_daemon_runs_and_known_at_once() {
    let home = Home::offline("");
    let _daemon = home.start().await;

    let printed = home.ok(&["site", "add", SITE, "--url", "https://example.com/blog/"]);

    let lines: Vec<_> = printed.lines().collect();
    let value = |line: &str, name: &str| -> String {
        let text = line.strip_prefix(&format!("define( '{name}', '")).unwrap();
        text.strip_suffix("' );").unwrap().to_owned()
    };
    assert_eq!(lines.len(), 3);
    assert_eq!(value(lines[0], "PLATEN_SITE_ID"), SITE);
    assert!(value(lines[1], "PLATEN_SITE_SECRET").starts_with("psk_"));
    assert!(value(lines[2], "PLATEN_WEBHOOK_SECRET").starts_with("whsec_"));
    for (line, name) in [(lines[1], "PLATEN_SITE_SECRET"), (lines[2], "PLATEN_WEBHOOK_SECRET")] {
        value(line, name).parse::<SigningKey>().unwrap();
    }
    let spec = chat("?");
    let mut client = home.client().await;
    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Succeeded).await;
    assert!(home.ok(&["site", "list"]).contains("https://example.com/blog "), "no trailing slash");
}

#[test]
fn a_site_is_not_replaced_by_mistake() {
    let home = Home::offline("");
    let first = home.ok(&["site", "add", SITE, "--url", "https://example.com"]);

    let error = home.fails(&["site", "add", SITE, "--url", "https://example.com"]);
    let rotated = home.ok(&["site", "add", SITE, "--url", "https://new.example.com", "--rotate"]);

    assert!(error.contains("--rotate"), "{error}");
    assert_ne!(first, rotated);
    let list: Value = serde_json::from_str(&home.ok(&["site", "list", "--format", "json"])).unwrap();
    assert_eq!(list[0]["url"], "https://new.example.com");
    assert!(list[0]["rotated_at"].is_string());
    assert!(!list.to_string().contains("psk_"));
}

#[test]
fn a_site_needs_a_name_and_an_address() {
    let home = Home::offline("");

    for arguments in [
        ["site", "add", "UPPER", "--url", "https://example.com"],
        ["site", "add", "ok", "--url", "example.com"],
        ["site", "add", "ok", "--url", "ftp://example.com"],
        ["site", "add", "ok", "--url", "https://me:secret@example.com"],
    ] {
        assert_eq!(home.run(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn jobs_are_listed_shown_and_replayed() {
    let refusal = Answer::status(400, "{}");
    let provider = Stub::start(vec![refusal, crate::openai::hello()]).await;
    let home = Home::with_provider(&provider.url, "");
    home.add_site("http://127.0.0.1:9");
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");
    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Dead).await;
    let id = spec.id.as_str();

    let table = home.ok(&["jobs", "list", "--status", "dead"]);
    let shown = home.ok(&["jobs", "show", id]);
    let retried = home.ok(&["jobs", "retry", id]);
    let job = client.wait_for(&spec.id, JobStatus::Succeeded).await;

    assert!(table.contains(id) && table.contains("provider_rejected"), "{table}");
    assert!(shown.contains("provider.failed") && shown.contains(&spec.request_id), "{shown}");
    assert!(retried.contains("queued"), "{retried}");
    assert_eq!(job.attempt, 2);
    let list: Value = serde_json::from_str(&home.ok(&["jobs", "list", "--format", "json"])).unwrap();
    assert_eq!((&list[0]["id"], &list[0]["status"]), (&Value::from(id), &Value::from("succeeded")));
    let refused = home.fails(&["jobs", "retry", id]);
    assert!(refused.contains("invalid_transition"), "{refused}");
    let unknown = home.fails(&["jobs", "show", chat("?").id.as_str()]);
    assert!(unknown.contains("there is no job"), "{unknown}");
}

#[tokio::test]
async fn jobs_can_be_changed_without_a_daemon() {
    let provider = Stub::start(vec![Answer::status(400, "{}")]).await;
    let home = Home::with_provider(&provider.url, "");
    home.add_site("http://127.0.0.1:9");
    let mut daemon = home.start().await;
    let spec = chat("?");
    let mut client = home.client().await;
    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Dead).await;
    daemon.terminate();
    daemon.ended().await;
    let id = spec.id.as_str();

    assert!(home.ok(&["jobs", "retry", id]).contains("queued"));
    assert!(home.ok(&["jobs", "cancel", id]).contains("cancelled"));

    assert!(home.ok(&["jobs", "list"]).contains("cancelled"));
}

#[tokio::test]
async fn an_erasure_drops_the_call_that_runs_and_says_what_is_gone() {
    let provider = Stub::start(vec![slow_hello(Duration::from_mins(1))]).await;
    let home = Home::with_provider(&provider.url, "");
    home.add_site("http://127.0.0.1:9");
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = chat("?");
    client.submit(spec.clone()).await;
    eventually("the call", || provider.open_answers() == 1).await;

    let text = home.ok(&["erase", "--site", SITE, "--subject", "user:1", "--format", "json"]);

    // Well before the lease is looked at next, which is after ten seconds.
    eventually("the end of the call", || provider.open_answers() == 0).await;
    let receipt: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&receipt["jobs"], &receipt["budgets"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(client.refused(&Request::Status(reference(&spec.id))).await, ErrorCode::JobNotFound);
}

#[test]
fn an_erasure_gives_no_receipt_for_a_site_that_is_not_there() {
    let home = Home::offline("");
    home.add_site("http://127.0.0.1:9");

    let error = home.fails(&["erase", "--site", "domo", "--subject", "user:1"]);

    assert!(error.contains("there is no site domo"), "{error}");
}

#[tokio::test]
async fn a_replay_of_what_dies_at_once_comes_to_an_end() {
    let provider = Stub::start(vec![Answer::status(400, "{}")]).await;
    let home = Home::with_provider(&provider.url, "");
    home.add_site("http://127.0.0.1:9");
    let _daemon = home.start().await;
    let mut client = home.client().await;
    for question in ["one?", "two?"] {
        let spec = chat(question);
        client.submit(spec.clone()).await;
        client.wait_for(&spec.id, JobStatus::Dead).await;
    }

    let said = home.ok(&["jobs", "dead", "replay"]);

    assert_eq!(said, "2 dead jobs were replayed\n");
}

#[test]
fn a_configuration_is_checked_by_name() {
    let home = Home::offline("");
    assert!(home.ok(&["check-config"]).contains("offline"));

    let file = home.dir.path().join("platend.toml");
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{good}\n[jobs]\nconcurency = 3\n")).unwrap();
    let error = home.fails(&["check-config"]);
    assert!(error.contains("concurency"), "{error}");

    fs::write(&file, format!("{good}\n[jobs]\nconcurrency = 0\n")).unwrap();
    let error = home.fails(&["serve"]);
    assert!(error.contains("jobs.concurrency"), "{error}");
}

#[tokio::test]
async fn the_doctor_tells_a_healthy_daemon_from_a_dead_one() {
    let home = Home::offline("");
    let dead = home.run(&["doctor"]);
    home.add_site("http://127.0.0.1:9");
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    home.replace("127.0.0.1:0", &listen);
    let _daemon = home.start().await;
    home.client().await.call(&Request::Ping).await;

    let alive = home.run(&["doctor"]);

    assert_eq!(dead.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&dead.stdout).contains("no daemon listens"));
    let said = String::from_utf8_lossy(&alive.stdout).into_owned();
    assert_eq!(alive.status.code(), Some(0), "{said}");
    assert!(said.contains("ready") && said.contains("1 known"), "{said}");
}

#[test]
fn the_version_is_told() {
    let home = Home::offline("");

    assert_eq!(home.ok(&["--version"]), format!("platend {}\n", env!("CARGO_PKG_VERSION")));
}
