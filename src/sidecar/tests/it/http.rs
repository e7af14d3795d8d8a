//! The HTTP server's own behaviour: health, envelopes, limits and deadlines.

use std::time::Duration;

use platen_core::clock::Clock;
use platen_core::wire::EndpointStatus;
use platen_sidecar::webhooks::store::EndpointStore;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::world::{SITE, Server, World, client, site};

async fn get(server: &Server, path: &str) -> (StatusCode, Value) {
    let response = client().get(format!("{}{path}", server.url)).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_daemon_that_takes_jobs_is_ready() {
    let world = World::new().await;
    let server = world.serve().await;

    assert_eq!(get(&server, "/healthz").await, (StatusCode::OK, json!({"status": "ok"})));
    assert_eq!(get(&server, "/readyz").await, (StatusCode::OK, json!({"status": "ready"})));
}

#[tokio::test]
async fn metrics_count_jobs_and_streams() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let url = server.stream_with(&job, &world.token(&job));
    let stream = client().get(url).send().await.unwrap();

    let page = client().get(format!("{}/metrics", server.url)).send().await.unwrap();

    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let page = page.text().await.unwrap();
    for line in ["platen_jobs{status=\"queued\"} 1", "platen_streams_open 1"] {
        assert!(page.contains(line), "{line} is not in:\n{page}");
    }
    drop(stream);
}

#[tokio::test]
async fn metrics_count_sites_that_get_no_webhooks_and_what_waits_for_them() {
    let world = World::new().await;
    world.add_site("other", "http://127.0.0.1:9").await;
    world.answered(SITE, "Hello").await;
    let page = async || {
        // A server of its own: one that has just counted does not count again at once.
        let server = world.serve().await;
        let page = client().get(format!("{}/metrics", server.url)).send().await.unwrap();
        page.text().await.unwrap()
    };
    let says = |page: &str, off: u8, gone: u8| {
        let lines = [("off", off), ("gone", gone)]
            .map(|(status, count)| format!("platen_webhook_endpoints{{status=\"{status}\"}} {count}\n"));
        for line in lines.iter().map(String::as_str).chain(["platen_webhooks_waiting 1\n"]) {
            assert!(page.contains(line), "{line} is not in:\n{page}");
        }
    };

    says(&page().await, 0, 0);
    world.store.set_endpoint(site(SITE), EndpointStatus::Off, world.clock.now()).await.unwrap();
    world.store.set_endpoint(site("other"), EndpointStatus::Gone, world.clock.now()).await.unwrap();
    says(&page().await, 1, 1);
    world.store.set_endpoint(site("other"), EndpointStatus::On, world.clock.now()).await.unwrap();
    says(&page().await, 1, 0);
}

#[tokio::test]
async fn refusals_have_one_envelope() {
    let world = World::new().await;
    let server = world.serve().await;
    let error = |message: &str| json!({"error": {"code": "invalid_request", "message": message}});

    let unknown = get(&server, "/platen/v1/nothing").await;
    let posted = client().post(format!("{}/healthz", server.url)).send().await.unwrap();
    let posted = (posted.status(), posted.json::<Value>().await.unwrap());

    assert_eq!(unknown, (StatusCode::NOT_FOUND, error("there is nothing at this path")));
    assert_eq!(posted, (StatusCode::METHOD_NOT_ALLOWED, error("this path does not take POST")));
}

#[tokio::test]
async fn a_request_with_a_body_is_refused_before_it_is_read() {
    let world = World::new().await;
    let server = world.serve().await;

    let response = client().post(format!("{}/healthz", server.url)).body("x").send().await.unwrap();

    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], "payload_too_large");
}

#[tokio::test]
async fn a_head_too_large_is_refused() {
    let world = World::new().await;
    let server = world.serve().await;

    let response =
        client().get(format!("{}/healthz", server.url)).header("x-large", "x".repeat(64 * 1024)).send().await;

    let status = response.unwrap().status();
    assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

/// Everything that the server sends on a connection until it closes it.
async fn read_to_end(connection: &mut TcpStream) -> String {
    let mut received = Vec::new();
    let reading = connection.read_to_end(&mut received);
    timeout(Duration::from_mins(1), reading).await.expect("the server closes the connection").unwrap();
    String::from_utf8(received).unwrap()
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_request_is_closed_after_the_deadline() {
    let world = World::new().await;
    let server = world.serve().await;
    let mut connection = TcpStream::connect(server.address()).await.unwrap();
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    // From here time jumps to the next timer whenever nothing else happens.
    tokio::time::pause();
    let began = Instant::now();

    read_to_end(&mut connection).await;

    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(9) && waited < Duration::from_secs(11), "{waited:?}");
}

#[tokio::test]
async fn a_quiet_stream_shows_that_it_is_alive() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let url = server.stream_with(&job, &world.token(&job));
    // From before the stream: a part of its quiet time may pass before the clock stands.
    let began = Instant::now();
    let mut stream = client().get(url).send().await.unwrap();
    let mut text = String::new();
    while !text.contains("event: status") {
        let chunk = stream.chunk().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    tokio::time::pause();

    let chunk = timeout(Duration::from_mins(1), stream.chunk()).await.unwrap().unwrap().unwrap();

    assert_eq!(chunk, ": heartbeat\n\n");
    assert!(began.elapsed() >= Duration::from_secs(15));
}

#[tokio::test]
async fn a_waiting_stream_finds_an_end_that_nobody_told_it() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let url = server.stream_with(&job, &world.token(&job));
    let mut stream = client().get(url).send().await.unwrap();

    // Another process writes the end: the hub of this one hears nothing.
    let elsewhere = platen_sidecar::streaming::Relay::default();
    let (leased, writer) = world.begin_on(&elsewhere).await;
    world.succeed(&leased.lease, writer, "Hello").await;

    let mut text = String::new();
    tokio::time::pause();
    while !text.contains("event: done") {
        let chunk = timeout(Duration::from_mins(2), stream.chunk()).await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk.expect("the stream goes on")).unwrap());
    }
    assert!(text.contains("data: {\"text\":\"Hello\"}"), "{text}");
}
