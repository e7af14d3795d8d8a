//! The socket: frames, refusals, duplicates, rights.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use platen_core::code::ErrorCode;
use platen_core::job::{JobStatus, Work};
use platen_core::wire::{RateDecision, RateRequest, Refusal, Reply, Request, Tag};

use crate::daemon::{Client, Home, chat, reference, site, submission};

fn code(reply: Reply) -> ErrorCode {
    match reply {
        Reply::Refusal(Refusal { code, message: _ }) => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_ping_tells_who_answers() {
    let home = Home::offline("");
    let daemon = home.start().await;

    let Reply::Pong(pong) = home.client().await.call(&Request::Ping).await else { panic!("no pong") };

    assert_eq!(pong.version, env!("CARGO_PKG_VERSION"));
    assert_eq!((pong.protocol, pong.pid), (1, daemon.child.id()));
}

#[tokio::test]
async fn a_connection_survives_what_it_can() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    let mut client = home.client().await;

    client.send(&[0, 0, 0, 5, 1, 0x55, b'a', b'b', b'c']).await.unwrap();
    assert_eq!(code(client.receive().await.unwrap()), ErrorCode::UnknownRequest);
    assert_eq!(code(client.call_raw(Tag::Pong, "{}").await), ErrorCode::UnknownRequest);
    assert_eq!(code(client.call_raw(Tag::Submit, "not json").await), ErrorCode::InvalidRequest);
    assert_eq!(code(client.call_raw(Tag::Status, r#"{"site":"UPPER"}"#).await), ErrorCode::InvalidRequest);

    assert!(matches!(client.call(&Request::Ping).await, Reply::Pong(_)));
}

#[tokio::test]
async fn a_frame_that_cannot_be_skipped_ends_the_connection() {
    let home = Home::offline("");
    let _daemon = home.start().await;

    for (header, expected) in [
        ([0xFF, 0xFF, 0xFF, 0xFF, 1, 1], ErrorCode::PayloadTooLarge),
        ([0, 0, 0, 1, 1, 1], ErrorCode::InvalidRequest),
        ([0, 0, 0, 2, 9, 1], ErrorCode::UnsupportedVersion),
    ] {
        let mut client = home.client().await;
        client.send(&header).await.unwrap();

        assert_eq!(code(client.receive().await.unwrap()), expected);
        assert!(client.receive().await.is_err(), "the connection is closed");
    }
}

#[tokio::test]
async fn a_half_sent_frame_is_cut_off_in_time() {
    let home = Home::offline("");
    home.set("ipc.frame_timeout_ms = 50");
    let _daemon = home.start().await;
    let mut client = home.client().await;

    client.send(&[0, 0]).await.unwrap();

    assert!(client.receive().await.is_err(), "the connection is closed");
}

#[tokio::test]
async fn a_job_that_cannot_be_taken_is_refused_with_its_code() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    let mut client = home.client().await;
    assert_eq!(client.refused(&submission(chat("?"))).await, ErrorCode::UnknownSite);
    home.add_site("http://127.0.0.1:9");

    let mut no_messages = chat("?");
    let mut other_model = chat("?");
    let mut too_large = chat(&"x".repeat(300 * 1024));
    too_large.request_id = "r".to_owned();
    let Work::Chat(payload) = &mut no_messages.work else { panic!("a chat") };
    payload.messages.clear();
    let Work::Chat(payload) = &mut other_model.work else { panic!("a chat") };
    payload.model = "unheard-of".to_owned();
    let mut bad_request_id = chat("?");
    bad_request_id.request_id = "no spaces".to_owned();

    assert_eq!(client.refused(&submission(no_messages)).await, ErrorCode::InvalidRequest);
    assert_eq!(client.refused(&submission(bad_request_id)).await, ErrorCode::InvalidRequest);
    assert_eq!(client.refused(&submission(other_model)).await, ErrorCode::UnknownModel);
    assert_eq!(client.refused(&submission(too_large)).await, ErrorCode::PayloadTooLarge);
    let unknown = Request::Status(reference(&chat("?").id));
    assert_eq!(client.refused(&unknown).await, ErrorCode::JobNotFound);
}

#[tokio::test]
async fn the_same_work_is_one_job_and_other_work_a_conflict() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut client = home.client().await;
    let first = chat("one question");

    let receipt = client.submit(first.clone()).await;
    let again = client.submit(first.clone()).await;
    let mut same_key = chat("one question");
    same_key.idempotency_key.clone_from(&first.idempotency_key);
    let same_key = client.submit(same_key).await;
    let mut same_id = chat("one question");
    same_id.id = first.id.clone();
    let same_id = client.submit(same_id).await;

    assert!(!receipt.is_duplicate);
    for duplicate in [again, same_key, same_id] {
        assert_eq!((duplicate.job_id, duplicate.is_duplicate), (first.id.clone(), true));
    }
    let mut other_by_key = chat("another question");
    other_by_key.idempotency_key.clone_from(&first.idempotency_key);
    let mut other_by_id = chat("another question");
    other_by_id.id = first.id.clone();
    assert_eq!(client.refused(&submission(other_by_key)).await, ErrorCode::IdempotencyConflict);
    assert_eq!(client.refused(&submission(other_by_id)).await, ErrorCode::IdempotencyConflict);
}

#[tokio::test]
async fn a_site_does_not_see_the_jobs_of_another() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    home.ok(&["site", "add", "other", "--url", "http://127.0.0.1:9"]);
    let mut client = home.client().await;
    let job = chat("?");
    client.submit(job.clone()).await;

    let mut foreign = reference(&job.id);
    foreign.site = "other".to_owned().try_into().unwrap();

    for request in
        [Request::Status(foreign.clone()), Request::Cancel(foreign.clone()), Request::Trace(foreign)]
    {
        assert_eq!(client.refused(&request).await, ErrorCode::JobNotFound);
    }
}

#[tokio::test]
async fn rate_limits_hold_over_a_restart() {
    let home = Home::offline("");
    let daemon = home.start().await;
    let request = Request::RateLimit(RateRequest {
        site: site(),
        key: "chat:user:1".to_owned(),
        limit: 2,
        window_ms: 600_000,
        cost: 1,
    });
    let mut client = home.client().await;
    let decision = |reply| match reply {
        Reply::RateDecision(RateDecision { is_allowed, remaining, retry_after_ms: _ }) => {
            (is_allowed, remaining)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(decision(client.call(&request).await), (true, 1));
    assert_eq!(decision(client.call(&request).await), (true, 0));
    assert_eq!(decision(client.call(&request).await), (false, 0));

    let mut daemon = daemon;
    daemon.terminate();
    daemon.ended().await;
    let _daemon = home.start().await;

    assert_eq!(decision(home.client().await.call(&request).await), (false, 0));
}

#[tokio::test]
async fn the_files_are_for_the_owner_and_the_group_only() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    assert_eq!(mode(&home.socket()), 0o660);
    assert_eq!(mode(&home.database()), 0o600);
    assert_eq!(mode(&home.database().with_extension("db-wal")), 0o600);
    assert_eq!(mode(home.database().parent().unwrap()), 0o700);
}

#[tokio::test]
async fn a_socket_that_a_dead_daemon_left_is_taken_over_and_a_living_one_is_not() {
    let home = Home::offline("");
    home.start().await.kill();
    assert!(home.socket().exists(), "kill -9 leaves the file");

    let _daemon = home.start().await;

    let error = home.fails(&["serve"]);
    assert!(error.contains("another daemon"), "{error}");
    assert!(matches!(home.client().await.call(&Request::Ping).await, Reply::Pong(_)));
}

#[tokio::test]
async fn a_living_daemon_of_another_directory_keeps_its_socket() {
    let (home, other) = (Home::offline(""), Home::offline(""));
    let _daemon = home.start().await;

    let output = other.command(&["serve"]).env("PLATEN_SOCKET", home.socket()).output().unwrap();

    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("another daemon listens"), "{error}");
    assert!(matches!(home.client().await.call(&Request::Ping).await, Reply::Pong(_)));
}

/// Needs root, to become somebody else. The policy itself has a unit test that runs everywhere.
#[tokio::test]
async fn a_stranger_is_refused_even_when_the_file_lets_it_in() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let home = Home::offline("");
    let _daemon = home.start().await;
    for path in [home.dir.path(), &home.dir.path().join("run"), &home.socket()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
    }
    let binary = home.dir.path().join("platend");
    fs::copy(env!("CARGO_BIN_EXE_platend"), &binary).unwrap();

    let doctor = std::process::Command::new(binary)
        .args(["doctor", "--config"])
        .arg(home.dir.path().join("platend.toml"))
        .env_clear()
        .uid(65_534)
        .gid(65_534)
        .output()
        .unwrap();

    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("user 65534 and group 65534 may not use this socket"), "{said}");
    assert!(home.log().contains("a peer was refused"));
}

#[tokio::test]
async fn many_connections_are_served_at_once() {
    let home = Home::offline("");
    let _daemon = home.start().await;
    home.add_site("http://127.0.0.1:9");
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Client::connect(&home.socket()).await);
    }

    let jobs: Vec<_> = (0..50).map(|number| chat(&format!("hello {number}"))).collect();
    let submitting = clients.iter_mut().zip(&jobs).map(|(client, job)| client.submit(job.clone()));
    futures_util::future::join_all(submitting).await;

    let mut client = home.client().await;
    for job in &jobs {
        client.wait_for(&job.id, JobStatus::Succeeded).await;
    }
}
