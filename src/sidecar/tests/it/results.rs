//! Results for sites that ask, over HTTP and over the socket, and the commands about webhooks.

use std::time::{Duration, Instant};

use platen_core::job::JobStatus;
use platen_core::wire::{EndpointStatus, ReadAnswer, Reply as Frame, Request, ResultPage, ResultsRequest};
use serde_json::Value;

use crate::daemon::{Client, Home, SITE as DEMO, chat, site};
use crate::openai;
use crate::stub::{Reply, Stub, eventually};
use crate::world::{SITE, Server, World, client, sign};

/// A token of the site that asks for results.
fn token(world: &World, change: impl FnOnce(&mut Value)) -> String {
    let mut claims = world.claims_for("platen:results", 60);
    change(&mut claims);
    world.signed_with_key_id(claims)
}

async fn get(server: &Server, query: &str, token: &str) -> (u16, Value) {
    let url = format!("{}/v1/results{query}", server.url);
    let request = client().get(url).header("authorization", format!("Bearer {token}"));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn results_are_handed_out_and_acknowledged_over_http() {
    let world = World::new().await;
    let server = world.serve().await;
    let job = world.answered(SITE, "Hello").await;

    let (status, page) = get(&server, "", &token(&world, |_| {})).await;
    let cursor = &page["cursor"];
    let (_, rest) = get(&server, &format!("?since={cursor}&limit=5"), &token(&world, |_| {})).await;

    assert_eq!((status, &page["has_more"]), (200, &Value::from(false)), "{page}");
    let result = &page["results"][0];
    assert_eq!(result["id"], format!("evt_{job}_1"));
    assert_eq!(result["event"]["type"], "job.succeeded");
    assert_eq!(result["event"]["data"]["result"]["text"], "Hello");
    assert_eq!(
        (&page["webhooks"]["status"], &page["webhooks"]["waiting"]),
        (&Value::from("on"), &Value::from(1))
    );
    assert_eq!((&rest["results"], &rest["webhooks"]["waiting"]), (&Value::from(vec![0; 0]), &Value::from(0)));
    assert_eq!(world.hops(SITE, &job).await.last().map(String::as_str), Some("result.fetched"));
}

#[tokio::test]
async fn only_the_holder_of_a_fresh_token_of_the_site_gets_results() {
    let world = World::new().await;
    world.add_site("other", "http://127.0.0.1:9").await;
    let server = world.serve().await;
    world.answered(SITE, "Hello").await;
    let code = async |token: String| {
        let (status, body) = get(&server, "", &token).await;
        (status, body["error"]["code"].as_str().unwrap_or("").to_owned())
    };

    let used = token(&world, |_| {});
    assert_eq!(get(&server, "", &used).await.0, 200);
    assert_eq!(code(used).await, (401, "token_used".to_owned()));
    let refused = (401, "invalid_token".to_owned());
    assert_eq!(code(String::new()).await, refused);
    assert_eq!(code(token(&world, |claims| claims["aud"] = "platen:jobs".into())).await, refused);
    assert_eq!(code(token(&world, |claims| claims["iss"] = "other".into())).await, refused);
    let long = token(&world, |claims| claims["exp"] = (claims["iat"].as_i64().unwrap() + 61).into());
    assert_eq!(code(long).await, refused);
    let without_key_id = sign(world.claims_for("platen:results", 60), &world.site_key(SITE));
    assert_eq!(code(without_key_id).await.0, 401);
    let expired = token(&world, |claims| {
        let long_ago = claims["iat"].as_i64().unwrap() - 100;
        claims["iat"] = long_ago.into();
        claims["exp"] = (long_ago + 60).into();
    });
    assert_eq!(code(expired).await, (401, "token_expired".to_owned()));
}

#[tokio::test]
async fn a_query_that_is_none_is_refused() {
    let world = World::new().await;
    let server = world.serve().await;

    for query in ["?since=-1", "?since=x", "?limit=101", "?wait_ms=60001", "?other=1"] {
        let (status, body) = get(&server, query, &token(&world, |_| {})).await;
        assert_eq!((status, &body["error"]["code"]), (400, &Value::from("invalid_request")), "{query}");
    }
}

async fn page(client: &mut Client, since: u64, limit: u32, wait_ms: u64) -> ResultPage {
    match client.call(&Request::Results(ResultsRequest { site: site(), since, limit, wait_ms })).await {
        Frame::ResultPage(page) => *page,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_site_without_webhooks_waits_for_results_and_reads_long_ones() {
    let text = "long \u{1} äöü ".repeat(40_000);
    let (provider, wordpress) =
        (Stub::start(vec![openai::answer(&text)]).await, Stub::start(vec![Reply::status(200, "")]).await);
    let home = Home::with_provider(&provider.url, "");
    home.add_site(&wordpress.url);
    home.ok(&["site", "webhooks", DEMO, "off"]);
    let _daemon = home.start().await;
    let (mut asking, mut working) = (home.client().await, home.client().await);
    let spec = chat("?");

    let began = Instant::now();
    let (taken, ()) = tokio::join!(page(&mut asking, 0, 10, 20_000), async {
        working.submit(spec.clone()).await;
    });

    assert!(began.elapsed() < Duration::from_secs(19), "the page came with the result");
    assert_eq!((taken.webhooks.status, taken.webhooks.waiting), (EndpointStatus::Off, 1));
    let event: Value = serde_json::from_str(taken.results[0].event.get()).unwrap();
    assert_eq!(event["data"]["result_ref"]["bytes"], text.len());
    let (mut read, mut offset) = (String::new(), Some(0));
    while let Some(begin) = offset {
        let request = ReadAnswer { site: site(), job_id: spec.id.clone(), offset: begin };
        let Frame::AnswerPart(part) = working.call(&Request::ReadAnswer(request)).await else {
            panic!("no part")
        };
        read.push_str(&part.text);
        offset = part.next_offset;
    }
    assert!(read == text, "the parts are the text");
    let rest = page(&mut asking, taken.cursor, 10, 0).await;
    assert_eq!((rest.results.len(), rest.webhooks.waiting, wordpress.count()), (0, 0, 0));
    let listed = home.ok(&["webhooks", "list", "--state", "delivered"]);
    assert!(listed.contains(&format!("evt_{}_1", spec.id)), "{listed}");
}

#[tokio::test]
async fn an_operator_sees_deliveries_and_begins_them_anew() {
    let wordpress = Stub::start(vec![Reply::status(410, ""), Reply::status(200, "{\"applied\":true}")]).await;
    let home = Home::offline("");
    home.add_site(&wordpress.url);
    let _daemon = home.start().await;
    let spec = chat("?");
    let mut client = home.client().await;
    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Succeeded).await;
    let id = format!("evt_{}_1", spec.id);
    eventually("the site is gone", || home.ok(&["site", "list"]).contains("gone since")).await;

    let waiting = home.ok(&["webhooks", "list", "--state", "waiting", "--job", spec.id.as_str()]);
    assert!(waiting.contains(&id) && waiting.contains("410"), "{waiting}");
    home.ok(&["site", "webhooks", DEMO, "on"]);
    eventually("the delivery", || home.ok(&["webhooks", "show", &id]).contains("delivered")).await;
    assert_eq!(home.ok(&["webhooks", "replay", "--dry-run"]).trim(), "0 deliveries would be sent again");
    assert_eq!(home.ok(&["webhooks", "replay", "--id", &id]).trim(), "1 delivery will be sent again");
    eventually("the replay", || wordpress.count() == 3).await;

    let received = wordpress.received();
    assert!(received.iter().all(|one| one.header("webhook-id") == id), "always the same id");
    assert_eq!(received[2].body, received[0].body);
    let shown: Value =
        serde_json::from_str(&home.ok(&["webhooks", "show", &id, "--format", "json"])).unwrap();
    assert_eq!((&shown[0]["http_status"], &shown[0]["outcome"]), (&Value::from(410), &Value::from("failed")));
    assert!(home.fails(&["webhooks", "show", "evt_none"]).contains("no delivery"));
    assert!(home.fails(&["site", "webhooks", "none", "on"]).contains("no site"));
}

#[test]
fn webhook_secrets_are_added_listed_and_retired() {
    let home = Home::offline("");
    let first = home.ok(&["site", "add", DEMO, "--url", "https://example.com"]);
    let list = || -> Vec<Value> {
        serde_json::from_str(&home.ok(&["site", "secret", "list", DEMO, "--format", "json"])).unwrap()
    };
    let old = list()[0]["id"].as_str().unwrap().to_owned();

    let added = home.ok(&["site", "secret", "add", DEMO]);
    assert!(
        added.starts_with("define( 'PLATEN_WEBHOOK_SECRET', 'whsec_") && !first.contains(&added),
        "{added}"
    );
    assert_eq!(list().len(), 2);
    home.ok(&["site", "secret", "retire", DEMO, &old]);

    let left = list();
    assert_eq!(left.len(), 1);
    assert_ne!(left[0]["id"], old);
    let only = left[0]["id"].as_str().unwrap();
    assert!(home.fails(&["site", "secret", "retire", DEMO, only]).contains("only webhook secret"));
    assert!(home.fails(&["site", "secret", "retire", DEMO, &old]).contains("no webhook secret"));
    assert!(!home.ok(&["site", "secret", "list", DEMO]).contains("whsec_"), "only names are listed");
}
