//! What the way back promises beyond one delivery: rotation, order, gentleness, batches, and where it does not go.

use std::time::Duration;

use platen_core::clock::Clock;
use platen_core::job::JobId;
use platen_core::limits::MAX_WEBHOOK_BYTES;
use platen_core::signing::SigningKey;
use platen_core::webhook::{Headers, verify};
use platen_core::wire::{EndpointStatus, ReadAnswer};
use platen_sidecar::config::WebhooksConfig;
use platen_sidecar::sites::{SecretChange, SiteStore, webhook_secret};
use platen_sidecar::webhooks::store::{DeliveryLog, EndpointStore};
use serde_json::json;
use tokio::time::sleep;

use crate::stub::{Received, Reply, Step, Stub, eventually};
use crate::webhooks::{deliver, next_wait, settings, settled, site_that_answers, waits_for, waits_for_hops};
use crate::world::{SITE, World, site};

fn well() -> Reply {
    Reply::status(200, "{\"applied\":true}")
}

fn event(job: &JobId) -> String {
    format!("evt_{job}_1")
}

/// The jobs that webhooks tell of, in the order in which they came.
fn jobs_of(received: &[Received]) -> Vec<String> {
    received.iter().map(|webhook| webhook.json()["data"]["job_id"].as_str().unwrap().to_owned()).collect()
}

/// Several looks of the deliverer, in which it could do what it must not.
async fn nothing_more(stub: &Stub, count: usize) {
    for _ in 0..30 {
        assert_eq!(stub.count(), count);
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_secret_takes_another_s_place_without_a_refused_webhook() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![well()]).await;
    let deliverer = deliver(&world, settings());
    let old = world.webhook_key(SITE);
    let new: SigningKey = webhook_secret([77; 32]).expose().parse().unwrap();
    let verifies = |webhook: &Received, key: &SigningKey| {
        let headers = Headers {
            id: webhook.header("webhook-id"),
            timestamp: webhook.header("webhook-timestamp"),
            signature: webhook.header("webhook-signature"),
        };
        verify(&headers, &webhook.body, &[key], Duration::from_mins(5), world.clock.now()).is_ok()
    };
    let told = async || {
        let job = world.answered(SITE, "Hello").await;
        deliverer.after(&world, Duration::ZERO);
        waits_for_hops(&world, &job, "webhook.delivered", 1).await;
        stub.received().remove(0)
    };

    let before = told().await;
    let listed = world.store.webhook_secrets(site(SITE)).await.unwrap();
    let added = world.store.add_webhook_secret(site(SITE), webhook_secret([77; 32]), world.clock.now()).await;
    assert_eq!(added.unwrap(), SecretChange::Done);
    // Longer than a site is served from memory.
    sleep(platen_sidecar::sites::CACHE_LIFE + Duration::from_millis(200)).await;
    let during = told().await;
    world.store.retire_webhook_secret(site(SITE), listed[0].id.clone()).await.unwrap();
    sleep(platen_sidecar::sites::CACHE_LIFE + Duration::from_millis(200)).await;
    let after = told().await;

    assert_eq!((verifies(&before, &old), verifies(&before, &new)), (true, false));
    assert_eq!((verifies(&during, &old), verifies(&during, &new)), (true, true));
    assert_eq!(during.header("webhook-signature").split(' ').count(), 2);
    assert_eq!((verifies(&after, &old), verifies(&after, &new)), (false, true));
}

#[tokio::test]
async fn a_site_that_wants_no_more_gets_no_more_until_it_is_turned_on() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![Reply::status(410, ""), well()]).await;
    let first = world.answered(SITE, "Hello").await;
    let deliverer = deliver(&world, settings());
    waits_for(&stub, 1).await;
    settled(&world).await;
    let second = world.answered(SITE, "Hello").await;

    deliverer.after(&world, Duration::from_hours(1));
    nothing_more(&stub, 1).await;
    let report = world.store.endpoint(site(SITE)).await.unwrap().unwrap();
    assert_eq!((report.status, report.waiting), (EndpointStatus::Gone, 2));

    world.store.set_endpoint(site(SITE), EndpointStatus::On, world.clock.now()).await.unwrap();
    deliverer.after(&world, Duration::ZERO);
    waits_for_hops(&world, &first, "webhook.delivered", 1).await;
    waits_for_hops(&world, &second, "webhook.delivered", 1).await;
}

#[tokio::test]
async fn the_schedule_holds_for_a_day() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![Reply::status(500, "")]).await;
    let deliverer = deliver(&world, settings());
    let began = world.clock.now();
    let job = world.answered(SITE, "Hello").await;
    deliverer.after(&world, Duration::ZERO);

    let mut tries = 1;
    loop {
        waits_for_hops(&world, &job, "webhook.failed", tries).await;
        let wait = next_wait(&world).await;
        let ceiling = Duration::from_secs(3_u64.pow(u32::try_from(tries).unwrap() - 1).min(3_600));
        assert!((ceiling * 4 / 5..=ceiling).contains(&wait), "try {tries} waits {wait:?} of {ceiling:?}");
        deliverer.after(&world, wait);
        waits_for(&stub, tries + 1).await;
        if world.clock.now().since(began) > Duration::from_hours(23) {
            break;
        }
        tries += 1;
    }
    // The next wait may or may not end within the day; the one after it never does.
    for _ in 0..2 {
        deliverer.after(&world, Duration::from_hours(1));
        sleep(Duration::from_millis(50)).await;
    }
    settled(&world).await;
    assert!(world.hops(SITE, &job).await.contains(&"webhook.given_up".to_owned()));
    assert!(tries >= 29, "{tries} tries in a day");
}

#[tokio::test]
async fn a_site_that_is_overloaded_is_left_alone_as_long_as_it_asks() {
    let world = World::new().await;
    let busy = Reply::status(429, "").header("retry-after", "60");
    let stub = site_that_answers(&world, vec![busy, well()]).await;
    let first = world.answered(SITE, "Hello").await;
    let deliverer = deliver(&world, settings());
    waits_for_hops(&world, &first, "webhook.failed", 1).await;
    for _ in 0..4 {
        world.answered(SITE, "Hello").await;
    }

    deliverer.after(&world, Duration::from_secs(59));
    nothing_more(&stub, 1).await;

    deliverer.after(&world, Duration::from_secs(1));
    settled(&world).await;
    assert_eq!(stub.count(), 6);
}

#[tokio::test]
async fn a_site_in_trouble_is_left_alone_and_then_drained() {
    let world = World::new().await;
    let mut replies = vec![Reply::status(500, ""); 5];
    replies.push(well());
    let stub = site_that_answers(&world, replies).await;
    for _ in 0..20 {
        world.answered(SITE, "Hello").await;
    }
    // One at a time, so that none is under way when the fifth failure is counted.
    let deliverer = deliver(&world, WebhooksConfig { concurrency: 2, ..settings() });
    let is_open = "platen_webhook_endpoints{status=\"open\"} 1";
    eventually("the breaker opens", || world.metrics.encode().contains(is_open)).await;

    deliverer.after(&world, Duration::from_millis(4_900));
    nothing_more(&stub, 5).await;

    deliverer.after(&world, Duration::from_millis(200));
    settled(&world).await;
    let mut ids: Vec<_> = stub.received().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn a_restart_meets_a_site_in_trouble_with_one_call_at_a_time() {
    let world = World::new().await;
    let silence = Reply::stream(vec![Step::Pause(Duration::from_mins(5))]);
    let stub = site_that_answers(&world, vec![Reply::status(500, ""), silence]).await;
    let first = world.answered(SITE, "Hello").await;
    let deliverer = deliver(&world, settings());
    waits_for_hops(&world, &first, "webhook.failed", 1).await;
    drop(deliverer);
    for _ in 0..6 {
        world.answered(SITE, "Hello").await;
    }

    let patient = WebhooksConfig { concurrency: 8, timeout: Duration::from_mins(1), ..settings() };
    let _restarted = deliver(&world, patient);
    waits_for(&stub, 2).await;

    nothing_more(&stub, 2).await;
}

#[tokio::test]
async fn a_site_behind_a_server_that_gives_up_is_slowed_down() {
    for status in [502, 504] {
        let world = World::new().await;
        let stub = site_that_answers(&world, vec![Reply::status(status, ""), well()]).await;
        let first = world.answered(SITE, "Hello").await;
        let deliverer = deliver(&world, settings());
        waits_for_hops(&world, &first, "webhook.failed", 1).await;
        for _ in 0..4 {
            world.answered(SITE, "Hello").await;
        }

        deliverer.after(&world, Duration::from_millis(900));
        nothing_more(&stub, 1).await;

        deliverer.after(&world, Duration::from_millis(100));
        settled(&world).await;
        assert_eq!(stub.count(), 6, "{status}");
    }
}

#[tokio::test]
async fn a_conversation_is_told_in_its_order_and_holds_no_other_up() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![Reply::status(500, ""), well()]).await;
    let first = world.answered_in(SITE, Some("a"), "1").await;
    let deliverer = deliver(&world, settings());
    waits_for_hops(&world, &first, "webhook.failed", 1).await;
    let second = world.answered_in(SITE, Some("a"), "2").await;
    let third = world.answered_in(SITE, Some("a"), "3").await;
    let other = world.answered_in(SITE, Some("b"), "4").await;

    deliverer.after(&world, Duration::ZERO);
    waits_for_hops(&world, &other, "webhook.delivered", 1).await;
    nothing_more(&stub, 2).await;
    deliverer.after(&world, Duration::from_secs(1));
    settled(&world).await;

    let expected = [&first, &other, &first, &second, &third].map(JobId::to_string);
    assert_eq!(jobs_of(&stub.received()), expected);
}

#[tokio::test]
async fn a_site_that_takes_several_gets_several_and_answers_for_each() {
    let world = World::new().await;
    // The pause gives the test the time to queue what goes together.
    let busy = Reply::status(503, "").header("retry-after", "60").header("platen-accepts-batch", "10");
    let stub = site_that_answers(&world, vec![busy, well()]).await;
    let early = world.answered(SITE, "0").await;
    let deliverer = deliver(&world, settings());
    waits_for_hops(&world, &early, "webhook.failed", 1).await;
    let mut jobs = Vec::new();
    for text in ["1", "2", "3"] {
        jobs.push(world.answered(SITE, text).await);
    }
    let said = json!({ "events": [
        { "id": event(&jobs[0]), "status": 200, "applied": true },
        { "id": event(&jobs[1]), "status": 400 },
    ] });
    stub.answer_next(vec![Reply::status(200, &said.to_string()), well()]);

    deliverer.after(&world, Duration::from_mins(1));
    waits_for_hops(&world, &jobs[0], "webhook.delivered", 1).await;
    waits_for_hops(&world, &jobs[1], "webhook.failed", 1).await;
    waits_for_hops(&world, &jobs[2], "webhook.failed", 1).await;
    deliverer.after(&world, Duration::from_secs(1));
    settled(&world).await;

    let received = stub.received();
    let kinds: Vec<_> = received.iter().map(|one| one.json()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["job.succeeded", "batch", "job.succeeded", "job.succeeded", "job.succeeded"]);
    let batch = &received[1];
    assert!(batch.header("webhook-id").starts_with("bat_"));
    let events = batch.json()["data"]["events"].as_array().unwrap().clone();
    let ids: Vec<_> = events.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, jobs.iter().map(event).collect::<Vec<_>>());
    assert_eq!(events[2]["event"]["data"]["result"]["text"], "3");
    let refused = world.store.tries(event(&jobs[1])).await.unwrap().unwrap();
    assert_eq!((refused[0].http_status, refused[1].outcome.as_str()), (Some(400), "delivered"));
    let mut alone = [received[3].header("webhook-id"), received[4].header("webhook-id")];
    alone.sort_unstable();
    assert_eq!(alone, [event(&jobs[1]), event(&jobs[2])], "alone, each under its own id");
}

#[tokio::test]
async fn a_private_address_is_not_called_unless_it_is_listed() {
    let world = World::new().await;
    world.add_site(SITE, "http://10.255.255.1").await;
    let job = world.answered(SITE, "Hello").await;
    let _deliverer = deliver(&world, settings());

    waits_for_hops(&world, &job, "webhook.failed", 1).await;

    let error = world.store.tries(event(&job)).await.unwrap().unwrap().remove(0).error.unwrap();
    assert!(error.contains("private network") && error.contains("webhooks.allow_addresses"), "{error}");
}

#[tokio::test]
async fn a_long_answer_is_told_by_reference_and_read_in_parts() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![well()]).await;
    let deliverer = deliver(&world, settings());
    let text = "häßlich \u{1}\n".repeat(40_000);

    let job = world.answered(SITE, &text).await;
    deliverer.after(&world, Duration::ZERO);
    waits_for_hops(&world, &job, "webhook.delivered", 1).await;

    let webhook = stub.received().remove(0);
    assert!(webhook.body.len() <= MAX_WEBHOOK_BYTES);
    let data = webhook.json()["data"].clone();
    assert_eq!((&data["result"], &data["result_ref"]), (&json!(null), &json!({ "bytes": text.len() })));
    let (results, mut read, mut offset) = (world.results(), String::new(), Some(0));
    while let Some(begin) = offset {
        let request = ReadAnswer { site: site(SITE), job_id: job.clone(), offset: begin };
        let part = results.answer_part(request).await.unwrap();
        assert_eq!(part.total_bytes, text.len() as u64);
        read.push_str(&part.text);
        offset = part.next_offset;
    }
    assert_eq!(read, text);
    for offset in [2, 999_999_999] {
        let request = ReadAnswer { site: site(SITE), job_id: job.clone(), offset };
        assert_eq!(results.answer_part(request).await.unwrap_err().code().as_str(), "invalid_request");
    }
}
