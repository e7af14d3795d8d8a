//! Streams over real HTTP: what a browser gets, whatever happens in between.

use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::{JobError, JobId, JobStatus};
use platen_core::sse::{Event, Parser};
use platen_sidecar::streaming::StreamEnd;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::world::{SITE, Server, World, client, key, sign};

/// A browser's connection.
pub(crate) struct Browser {
    response: Response,
    parser: Parser,
    events: std::collections::VecDeque<Event>,
}

impl Browser {
    pub(crate) async fn open(
        world: &World,
        server: &Server,
        job: &JobId,
        last_event_id: Option<&str>,
    ) -> Self {
        let mut request = client().get(server.stream_with(job, &world.token(job)));
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Self { response, parser: Parser::new(1 << 20), events: std::collections::VecDeque::new() }
    }

    /// The next event, `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        while self.events.is_empty() {
            let chunk = timeout(Duration::from_secs(10), self.response.chunk()).await.unwrap().unwrap()?;
            self.events.extend(self.parser.push(&chunk).unwrap());
        }
        self.events.pop_front()
    }

    /// The next event's name, id and data.
    pub(crate) async fn told(&mut self) -> (String, String, Value) {
        let event = self.next().await.expect("an event");
        let data = serde_json::from_str(&event.data).unwrap();
        (event.name.unwrap(), event.id.unwrap(), data)
    }

    /// All events to the end, as `name data`.
    pub(crate) async fn rest(mut self) -> Vec<String> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(format!("{} {}", event.name.unwrap(), event.data));
        }
        events
    }
}

pub(crate) fn told(name: &str, id: &str, data: Value) -> (String, String, Value) {
    (name.to_owned(), id.to_owned(), data)
}

pub(crate) const DONE: &str = "done {\"error\":null,\"status\":\"succeeded\",\"usage\":{\"cached_input_tokens\":0,\
    \"cost_microusd\":null,\"input_tokens\":1,\"is_estimate\":false,\"output_tokens\":2,\"reasoning_tokens\":0}}";

#[tokio::test]
async fn a_browser_sees_the_answer_as_it_is_written() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let mut browser = Browser::open(&world, &server, &job, None).await;
    assert_eq!(browser.told().await, told("status", "0-0", json!({"status": "queued", "attempt": 0})));

    let (leased, writer) = world.begin().await;
    assert_eq!(browser.told().await, told("status", "1-0", json!({"status": "running", "attempt": 1})));
    writer.push("Grü");
    assert_eq!(browser.told().await, told("delta", "1-4", json!({"text": "Grü"})));
    writer.push("n");
    assert_eq!(browser.told().await, told("delta", "1-5", json!({"text": "n"})));
    world.succeed(&leased.lease, writer, "Grün").await;

    assert_eq!(browser.rest().await, [DONE]);
}

#[tokio::test]
async fn the_answer_has_the_headers_that_keep_it_flowing() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.answered(SITE, "Hello").await;

    let browser = Browser::open(&world, &server, &job, None).await;

    let header = |name: &str| browser.response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-accel-buffering"), "no");
    assert!(!browser.response.headers().contains_key("access-control-allow-origin"));
    let body = browser.response.text().await.unwrap();
    assert!(body.starts_with("retry: 1000\n\nid: 1-5\nevent: delta\n"), "{body}");
}

#[tokio::test]
async fn a_lost_connection_goes_on_where_it_broke_off() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let (leased, writer) = world.begin().await;
    writer.push("Hel");
    let mut browser = Browser::open(&world, &server, &job, None).await;
    browser.told().await;
    let (_, id, _) = browser.told().await;
    drop(browser);
    writer.push("lo");

    let mut live = Browser::open(&world, &server, &job, Some(&id)).await;
    assert_eq!(live.told().await.0, "status");
    assert_eq!(live.told().await, told("delta", "1-5", json!({"text": "lo"})));
    world.succeed(&leased.lease, writer, "Hello").await;
    let stored = Browser::open(&world, &server, &job, Some(&id)).await;

    assert_eq!(live.rest().await, [DONE]);
    assert_eq!(stored.rest().await, ["delta {\"text\":\"lo\"}", DONE]);
}

#[tokio::test]
async fn an_answer_goes_on_after_a_restart_of_the_daemon() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.answered(SITE, "Hello").await;
    drop(server);

    let server = world.serve().await;
    let browser = Browser::open(&world, &server, &job, Some("1-2")).await;

    assert_eq!(browser.rest().await, ["delta {\"text\":\"llo\"}", DONE]);
}

#[tokio::test]
async fn another_attempt_voids_the_text_of_the_one_before() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let (leased, writer) = world.begin().await;
    writer.push("Nope");
    let mut watching = Browser::open(&world, &server, &job, None).await;
    watching.told().await;
    watching.told().await;
    world.fail(&leased.lease).await;
    drop(writer);
    assert_eq!(watching.told().await.2, json!({"status": "queued", "attempt": 1}));

    let (leased, writer) = world.begin().await;
    writer.push("Yes");
    assert_eq!(watching.told().await, told("reset", "2-0", json!({"attempt": 2})));
    let back = Browser::open(&world, &server, &job, Some("1-4")).await;
    world.succeed(&leased.lease, writer, "Yes").await;

    let watched = watching.rest().await;
    assert_eq!(watched.last().unwrap(), DONE);
    assert!(watched.contains(&"delta {\"text\":\"Yes\"}".to_owned()), "{watched:?}");
    let returned = back.rest().await;
    assert_eq!(returned.first().unwrap(), "reset {\"attempt\":2}");
    assert!(returned.contains(&"delta {\"text\":\"Yes\"}".to_owned()), "{returned:?}");
}

#[tokio::test]
async fn a_cancelled_job_ends_its_stream() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let mut browser = Browser::open(&world, &server, &job, None).await;
    browser.told().await;

    let end = StreamEnd { status: JobStatus::Cancelled, usage: None, error: None };
    world.relay.finish(&key(SITE, &job), end);

    assert_eq!(browser.rest().await, ["done {\"error\":null,\"status\":\"cancelled\",\"usage\":null}"]);
}

#[tokio::test]
async fn a_browser_learns_the_code_of_a_failure_and_not_the_operators_words() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.submit().await;
    let mut browser = Browser::open(&world, &server, &job, None).await;
    browser.told().await;

    let error = JobError { code: ErrorCode::ProviderAuth, message: "planted detail".to_owned() };
    let end = StreamEnd { status: JobStatus::Dead, usage: None, error: Some(error) };
    world.relay.finish(&key(SITE, &job), end);

    let events = browser.rest().await;
    assert!(events[0].contains("\"code\":\"provider_auth\""), "{events:?}");
    assert!(!events[0].contains("planted"), "{events:?}");
}

#[tokio::test]
async fn a_drain_ends_streams_with_an_event_to_go_on_from() {
    let world = World::new().await;
    let mut server = world.serve().await;
    let job = world.submit().await;
    let (_leased, writer) = world.begin().await;
    writer.push("Hel");
    let mut browser = Browser::open(&world, &server, &job, None).await;
    browser.told().await;
    browser.told().await;

    server.draining.cancel();

    assert_eq!(browser.told().await, told("pause", "1-3", json!({"reason": "draining"})));
    assert_eq!(browser.next().await, None);
    let stopped = timeout(Duration::from_secs(5), server.tasks.join_next()).await;
    assert!(stopped.is_ok(), "the server ends with its last stream");
    let next = world.serve().await;
    writer.push("lo");
    let mut resumed = Browser::open(&world, &next, &job, Some("1-3")).await;
    resumed.told().await;
    assert_eq!(resumed.told().await, told("delta", "1-5", json!({"text": "lo"})));
}

/// What a request with this token is refused with, as `status code`.
async fn refusal(server: &Server, job: &JobId, token: Option<&str>) -> String {
    let mut request = client().get(server.stream_url(job));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    if status == StatusCode::OK {
        return "200".to_owned();
    }
    let body: Value = response.json().await.unwrap();
    assert!(body["error"]["message"].is_string(), "{body}");
    format!("{} {}", status.as_u16(), body["error"]["code"].as_str().unwrap())
}

#[tokio::test]
async fn a_token_opens_one_stream_also_over_a_restart() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.answered(SITE, "Hello").await;
    let token = world.token(&job);

    assert_eq!(refusal(&server, &job, Some(&token)).await, "200");
    assert_eq!(refusal(&server, &job, Some(&token)).await, "401 token_used");
    drop(server);
    let server = world.serve().await;
    assert_eq!(refusal(&server, &job, Some(&token)).await, "401 token_used");
}

#[tokio::test]
async fn only_the_token_of_this_job_and_site_opens_its_stream() {
    let world = World::new().await;
    world.add_site("other", "http://127.0.0.1:9").await;
    let server = world.serve().await;
    let job = world.answered(SITE, "Hello").await;
    let other_job = world.answered(SITE, "Secret").await;
    let with = |field: &str, value: Value| {
        let mut claims = world.claims(&job);
        claims[field] = value;
        world.signed(claims)
    };
    let now = world.claims(&job)["iat"].as_i64().unwrap();
    let other_key = world.site_key("other");
    let foreign = sign(world.claims(&job), &other_key);
    let mut others_claims = world.claims(&job);
    others_claims["iss"] = json!("other");
    let others = sign(others_claims, &other_key);

    for (what, token, expected) in [
        ("another audience", with("aud", json!("platen:session")), "401 invalid_token"),
        ("another job", with("sub", json!(other_job)), "401 invalid_token"),
        ("an unknown site", with("iss", json!("nobody")), "401 invalid_token"),
        ("a longer life", with("exp", json!(now + 121)), "401 invalid_token"),
        ("no use-once id", with("jti", json!("short")), "401 invalid_token"),
        ("an old time", with("exp", json!(now)), "401 token_expired"),
        ("another site's key", foreign, "401 invalid_token"),
        ("another site's own token", others, "404 job_not_found"),
        ("no token at all", "x.y.z".to_owned(), "401 invalid_token"),
    ] {
        assert_eq!(refusal(&server, &job, Some(&token)).await, expected, "{what}");
    }
    assert_eq!(refusal(&server, &job, None).await, "401 invalid_token");
}

#[tokio::test]
async fn a_head_request_does_not_use_the_token_up() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.answered(SITE, "Hello").await;
    let token = world.token(&job);

    let head = client().head(server.stream_url(&job)).bearer_auth(&token).send().await.unwrap();

    assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refusal(&server, &job, Some(&token)).await, "200");
}

#[tokio::test]
async fn a_stream_too_many_is_turned_away_with_its_token_intact() {
    let world = World::new().await;
    let server = world.serve_at_most(1).await;
    let job = world.submit().await;
    let first = Browser::open(&world, &server, &job, None).await;
    let token = world.token(&job);

    let response = client().get(server.stream_url(&job)).bearer_auth(&token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "2");
    drop(first);

    for _ in 0..200 {
        match refusal(&server, &job, Some(&token)).await.as_str() {
            "200" => return,
            busy => assert_eq!(busy, "503 rate_limited"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the room of the first stream was never given back");
}
