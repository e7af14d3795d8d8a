//! `/v1/jobs` over real HTTP: who is let in, what is taken, and what is answered to the rest.

use std::time::Duration;

use platen_core::signing::jwt::{self, Claims};
use platen_core::signing::{SigningKey, TokenKey};
use platen_core::webhook::{Request, Scheme, sign_as};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::{SITE, Server, World, client};

/// A program that holds the secret of [`SITE`].
struct Caller<'a> {
    world: &'a World,
    server: &'a Server,
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Self { status, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The status, and the code of a refusal.
    fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or_default())
    }
}

impl Caller<'_> {
    fn key(&self) -> SigningKey {
        self.world.site_key(SITE)
    }

    /// The claims of a valid token; `job` for one that is for a job.
    fn claims(&self, job: Option<&str>) -> Value {
        let mut claims = self.world.claims_for("platen:jobs", 60);
        if let Some(job) = job {
            claims["sub"] = job.into();
        }
        claims
    }

    fn token(&self, job: Option<&str>) -> String {
        signed(self.claims(job), &self.key(), Some(SITE))
    }

    fn signature(&self, body: &str) -> String {
        signature(body, self.world.now_seconds(), &self.key())
    }

    /// A valid request of this body.
    fn post(&self, body: &str) -> RequestBuilder {
        self.post_with(&self.token(None), &self.signature(body), body)
    }

    fn post_with(&self, token: &str, signature: &str, body: &str) -> RequestBuilder {
        let request = client().post(format!("{}/v1/jobs", self.server.url)).bearer_auth(token);
        let request = request.header("content-type", "application/json");
        request.header("x-platen-signature", signature).body(body.to_owned())
    }

    fn get(&self, job: &str, token: &str) -> RequestBuilder {
        client().get(format!("{}/v1/jobs/{job}", self.server.url)).bearer_auth(token)
    }

    fn cancel(&self, job: &str) -> RequestBuilder {
        let request = client().post(format!("{}/v1/jobs/{job}/cancel", self.server.url));
        request.bearer_auth(self.token(Some(job))).header("x-platen-signature", self.signature(""))
    }
}

fn signed(claims: Value, key: &SigningKey, kid: Option<&str>) -> String {
    let Value::Object(claims) = claims else { panic!("claims are an object") };
    let key = TokenKey::from_secret(key.clone(), kid.map(str::to_owned)).unwrap();
    jwt::encode(&Claims(claims), &key).unwrap()
}

fn signature(body: &str, at: i64, key: &SigningKey) -> String {
    sign_as(Scheme::Stripe, "", at, &Request::of(body.as_bytes()), &[key]).unwrap()
}

/// A job that says no more than it must.
fn question(key: &str, text: &str) -> Value {
    json!({
        "idempotency_key": key, "kind": "chat",
        "payload": {"model": "default", "messages": [{"role": "user", "content": text}]},
    })
}

#[tokio::test]
async fn a_job_is_taken_shown_and_cancelled() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };

    let receipt =
        Answer::of(caller.post(&question("k", "?").to_string()).header("x-request-id", "req-7")).await;

    assert_eq!(receipt.status, StatusCode::ACCEPTED, "{}", receipt.body);
    let id = receipt.body["job_id"].as_str().unwrap();
    assert_eq!(receipt.body, json!({"job_id": id, "status": "queued", "is_duplicate": false}));
    assert_eq!(receipt.header("location"), format!("/v1/jobs/{id}"));
    let token = caller.token(Some(id));
    let shown = Answer::of(caller.get(id, &token)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!((&shown.body["status"], &shown.body["request_id"]), (&json!("queued"), &json!("req-7")));
    assert_eq!(shown.header("cache-control"), "private, no-cache");

    // Looking does not use a token up.
    let tag = shown.header("etag");
    let same = Answer::of(caller.get(id, &token).header("if-none-match", format!("\"x\", W/{tag}"))).await;
    assert_eq!((same.status, same.header("etag")), (StatusCode::NOT_MODIFIED, tag));

    let cancelled = Answer::of(caller.cancel(id)).await;
    assert_eq!((cancelled.status, &cancelled.body["status"]), (StatusCode::OK, &json!("cancelled")));
    let changed = Answer::of(caller.get(id, &token).header("if-none-match", tag)).await;
    assert_eq!((changed.status, &changed.body["status"]), (StatusCode::OK, &json!("cancelled")));
    assert_eq!(Answer::of(caller.cancel(id)).await.refusal(), (409, "invalid_transition"));
}

#[tokio::test]
async fn a_token_hands_over_once_also_after_a_restart() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let body = question("k", "?").to_string();
    let (token, signature) = (caller.token(None), caller.signature(&body));
    assert_eq!(Answer::of(caller.post_with(&token, &signature, &body)).await.status, StatusCode::ACCEPTED);

    let again = Answer::of(caller.post_with(&token, &signature, &body)).await;
    drop(server);
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let after_restart = Answer::of(caller.post_with(&token, &signature, &body)).await;

    assert_eq!(again.refusal(), (401, "token_used"));
    assert_eq!(again.header("www-authenticate"), "Bearer");
    assert_eq!(after_restart.refusal(), (401, "token_used"));
}

#[tokio::test]
async fn only_a_token_of_the_documented_form_lets_in() {
    let world = World::new().await;
    world.add_site("other", "http://127.0.0.1:9").await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let body = question("k", "?").to_string();
    let changed = |name: &str, value: Value| {
        let mut claims = caller.claims(None);
        claims[name] = value;
        signed(claims, &caller.key(), Some(SITE))
    };
    let without = |name: &str| {
        let mut claims = caller.claims(None);
        claims.as_object_mut().unwrap().remove(name);
        signed(claims, &caller.key(), Some(SITE))
    };
    let now = world.now_seconds();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", caller.token(None).split('.').nth(1).unwrap());
    let cases = [
        ("another audience", changed("aud", json!("platen:stream")), "invalid_token"),
        ("no audience", without("aud"), "invalid_token"),
        ("no id", without("jti"), "invalid_token"),
        ("a short id", changed("jti", json!("1")), "invalid_token"),
        ("no time", without("iat"), "invalid_token"),
        ("a long life", changed("exp", json!(now + 61)), "invalid_token"),
        ("the past", changed("exp", json!(now - 5)), "token_expired"),
        ("a life that ends before it begins", changed("exp", json!(now - 4)), "invalid_token"),
        ("the future", changed("iat", json!(now + 6)), "invalid_token"),
        ("for one job", changed("sub", json!("0193d2e0-0000-7000-8000-000000000001")), "invalid_token"),
        ("an unknown site", changed("iss", json!("nobody")), "invalid_token"),
        ("another site's name", changed("iss", json!("other")), "invalid_token"),
        ("no key id", signed(caller.claims(None), &caller.key(), None), "invalid_token"),
        ("another key id", signed(caller.claims(None), &caller.key(), Some("other")), "invalid_token"),
        ("another key", signed(caller.claims(None), &world.webhook_key(SITE), Some(SITE)), "invalid_token"),
        ("no algorithm", unsigned, "invalid_token"),
        ("no token", "eyJ".to_owned(), "invalid_token"),
    ];
    for (what, token, code) in cases {
        let answer = Answer::of(caller.post_with(&token, &caller.signature(&body), &body)).await;

        assert_eq!(answer.refusal(), (401, code), "{what}");
    }
    let bare = client().post(format!("{}/v1/jobs", server.url)).header("content-type", "application/json");
    assert_eq!(Answer::of(bare.body(body.clone())).await.refusal(), (401, "invalid_token"));
    let mut late = caller.claims(None);
    (late["iat"], late["exp"]) = (json!(now - 64), json!(now - 4));
    let late = signed(late, &caller.key(), Some(SITE));
    let answer = Answer::of(caller.post_with(&late, &caller.signature(&body), &body)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "the clocks may differ a little: {}", answer.body);
}

#[tokio::test]
async fn only_a_body_that_the_site_signed_a_moment_ago_is_read() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let (body, now, key) = (question("k", "?").to_string(), world.now_seconds(), caller.key());
    let cases = [
        ("another body", caller.signature("{}"), "invalid_signature"),
        ("another key", signature(&body, now, &world.webhook_key(SITE)), "invalid_signature"),
        ("no signature", format!("t={now}"), "invalid_signature"),
        ("no time", "v1=00".to_owned(), "invalid_signature"),
        ("long ago", signature(&body, now - 301, &key), "timestamp_out_of_tolerance"),
        ("to come", signature(&body, now + 301, &key), "timestamp_out_of_tolerance"),
    ];
    let token = caller.token(None);
    for (what, signature, code) in cases {
        let answer = Answer::of(caller.post_with(&token, &signature, &body)).await;

        assert_eq!(answer.refusal(), (401, code), "{what}");
    }
    // A refusal did not use the token up.
    let old = signature(&body, now - 300, &key);
    assert_eq!(Answer::of(caller.post_with(&token, &old, &body)).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn one_key_is_one_job() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let mut keyless = question("", "?");
    keyless.as_object_mut().unwrap().remove("idempotency_key");
    let keyless = keyless.to_string();

    let first = Answer::of(caller.post(&keyless).header("idempotency-key", "\"order-7\"")).await;
    let again = Answer::of(caller.post(&question("order-7", "?").to_string())).await;
    let both = caller.post(&question("order-7", "?").to_string()).header("idempotency-key", "order-7");
    let both = Answer::of(both).await;
    let other_work = Answer::of(caller.post(&question("order-7", "!").to_string())).await;
    let other_key = caller.post(&question("order-7", "?").to_string()).header("idempotency-key", "\"x\"");
    let other_key = Answer::of(other_key).await;
    let no_key = Answer::of(caller.post(&keyless)).await;

    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    for repeated in [again, both] {
        assert_eq!((repeated.status, &repeated.body["is_duplicate"]), (StatusCode::OK, &json!(true)));
        assert_eq!(repeated.body["job_id"], first.body["job_id"]);
    }
    assert_eq!(other_work.refusal(), (409, "idempotency_conflict"));
    assert_eq!(other_key.refusal(), (400, "invalid_request"));
    assert_eq!(no_key.refusal(), (422, "invalid_request"));
}

#[tokio::test]
async fn what_is_no_job_is_refused_and_costs_no_token() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let mut unknown = question("k", "?");
    unknown["payload"]["model"] = "nobody-has-this".into();
    let mut empty = question("k", "?");
    empty["payload"]["messages"] = json!([]);
    let cases = [
        ("{".to_owned(), (400, "invalid_request")),
        ("[]".to_owned(), (400, "invalid_request")),
        ("{}".to_owned(), (422, "invalid_request")),
        (r#"{"jobs": 1}"#.to_owned(), (400, "invalid_request")),
    ];
    let token = caller.token(None);
    for (body, refusal) in cases {
        let answer = Answer::of(caller.post_with(&token, &caller.signature(&body), &body)).await;

        assert_eq!(answer.refusal(), refusal, "{body}");
    }
    let body = question("k", "?").to_string();
    let answer = Answer::of(caller.post_with(&token, &caller.signature(&body), &body)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(Answer::of(caller.post(&unknown.to_string())).await.refusal(), (422, "unknown_model"));
    assert_eq!(Answer::of(caller.post(&empty.to_string())).await.refusal(), (422, "invalid_request"));
}

#[tokio::test]
async fn a_body_is_json_of_at_most_256_kib() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let fits = question("k", &"x".repeat(262_144 - question("k", "").to_string().len())).to_string();
    let large = question("l", &"x".repeat(900_000)).to_string();

    let token = caller.token(None);
    let text = client().post(format!("{}/v1/jobs", server.url)).bearer_auth(&token);
    let text = text.header("content-type", "text/plain").body("{}");
    assert_eq!(Answer::of(text).await.refusal(), (415, "invalid_request"));
    let named = client().post(format!("{}/v1/jobs", server.url)).bearer_auth(caller.token(None));
    let named = named.header("content-type", "Application/JSON; charset=utf-8").body("{}");
    assert_eq!(Answer::of(named).await.refusal(), (401, "invalid_signature"));

    assert_eq!(fits.len(), 262_144);
    assert_eq!(Answer::of(caller.post(&fits)).await.status, StatusCode::ACCEPTED);
    let one_more = fits.replace('}', " }");
    assert_eq!(Answer::of(caller.post(&one_more)).await.refusal(), (413, "payload_too_large"));
    assert_eq!(Answer::of(caller.post(&large)).await.refusal(), (413, "payload_too_large"));
    let pieces =
        futures_util::stream::iter(large.into_bytes().chunks(65_536).map(<[u8]>::to_vec).collect::<Vec<_>>());
    let unannounced = futures_util::StreamExt::map(pieces, Ok::<_, std::io::Error>);
    let chunked = caller.post("").body(reqwest::Body::wrap_stream(unannounced));
    assert_eq!(Answer::of(chunked).await.refusal(), (413, "payload_too_large"));
}

#[tokio::test]
async fn a_batch_is_taken_together_and_a_bad_job_is_refused_alone() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let mut bad = question("b", "?");
    bad["kind"] = "none".into();
    let jobs =
        json!({"jobs": [question("a", "?"), bad, question("c", "?"), 7, question("a", "!")]}).to_string();

    let taken = Answer::of(caller.post(&jobs)).await;
    let again = Answer::of(caller.post(&json!({"jobs": [question("a", "?")]}).to_string())).await;
    let keyed = Answer::of(caller.post(&jobs).header("idempotency-key", "k")).await;
    let empty = Answer::of(caller.post(r#"{"jobs":[]}"#)).await;
    let long = json!({"jobs": vec![json!({}); 257]}).to_string();
    let long = Answer::of(caller.post(&long)).await;

    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.body);
    let receipts = taken.body["receipts"].as_array().unwrap();
    let of = |receipt: &Value| receipt.get("code").or(receipt.get("status")).unwrap().clone();
    let seen: Vec<_> = receipts.iter().map(of).collect();
    assert_eq!(seen, ["queued", "invalid_request", "queued", "invalid_request", "idempotency_conflict"]);
    assert_eq!((again.status, &again.body["receipts"][0]["is_duplicate"]), (StatusCode::OK, &json!(true)));
    for refused in [keyed, empty, long] {
        assert_eq!(refused.refusal(), (400, "invalid_request"), "{}", refused.body);
    }
}

#[tokio::test]
async fn who_cannot_be_served_now_is_told_when_to_come_back() {
    let world = World::new().await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let body = question("k", "?").to_string();

    let database = Connection::open(world.database()).unwrap();
    database.execute_batch("ALTER TABLE payloads RENAME TO gone").unwrap();
    let refused = Answer::of(caller.post(&body)).await;
    database.execute_batch("ALTER TABLE gone RENAME TO payloads").unwrap();
    let taken = Answer::of(caller.post(&body)).await;
    let drained = drain_within_a_request(&caller, &question("l", "?").to_string()).await;

    assert_eq!(refused.refusal(), (503, "store_unavailable"));
    assert_eq!(refused.headers[RETRY_AFTER], "2");
    assert_eq!(taken.status, StatusCode::ACCEPTED, "nothing was kept of the refused one: {}", taken.body);
    assert!(drained.starts_with("HTTP/1.1 503 ") && drained.contains("retry-after: 2"), "{drained}");
    assert!(drained.contains("\"draining\""), "{drained}");
}

/// Lets the daemon begin to drain after a request's head was read and before its body was sent; gives the answer.
async fn drain_within_a_request(caller: &Caller<'_>, body: &str) -> String {
    let mut connection = TcpStream::connect(caller.server.address()).await.unwrap();
    let head = format!(
        "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Authorization: Bearer {}\r\nX-Platen-Signature: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len(),
        caller.token(None),
        caller.signature(body),
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut asked = [0; 25];
    connection.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    caller.server.draining.cancel();
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(Duration::from_mins(1), connection.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn a_site_sees_its_own_jobs_only_and_the_web_server_publishes_none() {
    let world = World::new().await;
    world.add_site("other", "http://127.0.0.1:9").await;
    let server = world.serve().await;
    let caller = Caller { world: &world, server: &server };
    let other = world.submit_for("other").await;
    let (id, unknown) = (other.as_str(), "0193d2e0-0000-7000-8000-000000000001");

    assert_eq!(Answer::of(caller.get(id, &caller.token(Some(id)))).await.refusal(), (404, "job_not_found"));
    assert_eq!(Answer::of(caller.cancel(id)).await.refusal(), (404, "job_not_found"));
    assert_eq!(Answer::of(caller.get("x", &caller.token(None))).await.refusal(), (404, "job_not_found"));
    let another = Answer::of(caller.get(id, &caller.token(Some(unknown)))).await;
    assert_eq!(another.refusal(), (401, "invalid_token"));
    let own = world.submit().await;
    let unsigned = client().post(format!("{}/v1/jobs/{own}/cancel", server.url));
    let unsigned = unsigned.bearer_auth(caller.token(Some(own.as_str())));
    assert_eq!(Answer::of(unsigned).await.refusal(), (401, "invalid_signature"));
    for path in ["/platen/v1/jobs".to_owned(), format!("/platen/v1/jobs/{id}")] {
        let answer = client().get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
