//! Webhooks over real HTTP: signed, retried, and fair between sites.

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Clock;
use platen_core::webhook::{Headers, verify};
use platen_sidecar::config::WebhooksConfig;
use platen_sidecar::webhooks::store::{DeliveryStore, DueFilter};
use platen_sidecar::webhooks::{self, Outbound, OutboundParts};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::stub::{Received, Reply, Step, Stub, eventually};
use crate::world::{SITE, World};

/// The deliverer of a daemon; it stops when this is dropped.
pub(crate) struct Deliverer {
    wake: Arc<Notify>,
    draining: CancellationToken,
    tasks: JoinSet<()>,
}

pub(crate) fn settings() -> WebhooksConfig {
    WebhooksConfig {
        concurrency: 4,
        timeout: Duration::from_millis(500),
        backoff_base: Duration::from_secs(1),
        backoff_cap: Duration::from_hours(1),
        give_up_after: Duration::from_hours(24),
        max_batch: 20,
        allow_addresses: Vec::new(),
    }
}

pub(crate) fn deliver(world: &World, settings: WebhooksConfig) -> Deliverer {
    let wake = Arc::new(Notify::new());
    let clock: Arc<dyn Clock> = world.clock.clone();
    let outbound = Outbound::new(OutboundParts {
        store: world.store.clone(),
        sites: world.sites(),
        clock,
        metrics: Arc::clone(&world.metrics),
        wake: Arc::clone(&wake),
        settings,
    });
    let draining = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(webhooks::run(Arc::new(outbound.unwrap()), draining.clone()));
    Deliverer { wake, draining, tasks }
}

impl Deliverer {
    /// Lets the daemon's clock move on, and the deliverer look at it.
    pub(crate) fn after(&self, world: &World, wait: Duration) {
        world.clock.advance(wait);
        self.wake.notify_one();
    }
}

pub(crate) async fn site_that_answers(world: &World, replies: Vec<Reply>) -> Stub {
    let stub = Stub::start(replies).await;
    world.add_site(SITE, &stub.url).await;
    stub
}

pub(crate) async fn waits_for(stub: &Stub, count: usize) {
    eventually(&format!("request {count}"), || stub.count() >= count).await;
}

/// How many deliveries are due now.
async fn waiting(world: &World) -> usize {
    let filter = DueFilter { limit: 100, limit_per_site: 100, skip_sites: Vec::new() };
    world.store.due(world.clock.now(), filter).await.unwrap().len()
}

/// Whether a delivery waits, now or for later.
async fn is_waiting(world: &World) -> bool {
    world.store.next_due().await.unwrap().is_some()
}

pub(crate) async fn settled(world: &World) {
    for _ in 0..500 {
        if !is_waiting(world).await {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("a delivery still waits after five seconds");
}

#[tokio::test]
async fn the_end_of_a_job_reaches_its_site_signed() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![Reply::status(200, "{\"applied\":true}")]).await;
    let deliverer = deliver(&world, settings());

    let job = world.answered(SITE, "Hello").await;
    deliverer.after(&world, Duration::ZERO);

    waits_for(&stub, 1).await;
    settled(&world).await;
    let received = stub.received();
    let [webhook] = received.as_slice() else { panic!("one webhook") };
    assert_eq!(webhook.path, "/wp-json/ai/v1/webhook");
    assert_eq!(webhook.header("content-type"), "application/json");
    assert_eq!(webhook.header("x-request-id"), "req-1");
    assert_eq!(webhook.header("traceparent").len(), 55);
    let body = webhook.json();
    assert_eq!(body["type"], "job.succeeded");
    assert_eq!(body["data"]["job_id"], json!(job));
    assert_eq!(body["data"]["result"]["text"], "Hello");
    assert!(is_signed(&world, webhook));
    let hops = world.hops(SITE, &job).await;
    assert!(hops.contains(&"webhook.delivered".to_owned()), "{hops:?}");
}

fn is_signed(world: &World, webhook: &Received) -> bool {
    let headers = Headers {
        id: webhook.header("webhook-id"),
        timestamp: webhook.header("webhook-timestamp"),
        signature: webhook.header("webhook-signature"),
    };
    let key = world.webhook_key(SITE);
    verify(&headers, &webhook.body, &[&key], Duration::from_mins(5), world.clock.now()).is_ok()
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_with_the_same_id_and_body() {
    let world = World::new().await;
    let replies = vec![Reply::status(500, "planted"), Reply::status(302, ""), Reply::status(204, "")];
    let stub = site_that_answers(&world, replies).await;
    let deliverer = deliver(&world, settings());
    let job = world.answered(SITE, "Hello").await;
    deliverer.after(&world, Duration::ZERO);

    for (tries, wait) in [(1, 1), (2, 3)] {
        waits_for(&stub, tries).await;
        waits_for_hops(&world, &job, "webhook.failed", tries).await;
        deliverer.after(&world, Duration::from_secs(wait));
    }
    waits_for(&stub, 3).await;
    settled(&world).await;

    let received = stub.received();
    assert_eq!(received.len(), 3);
    for webhook in &received {
        assert_eq!(webhook.header("webhook-id"), received[0].header("webhook-id"));
        assert_eq!(webhook.body, received[0].body);
    }
    assert!(is_signed(&world, &received[2]), "each try is signed for its own time");
    assert_ne!(received[0].header("webhook-timestamp"), received[2].header("webhook-timestamp"));
}

pub(crate) async fn waits_for_hops(world: &World, job: &platen_core::job::JobId, name: &str, count: usize) {
    for _ in 0..500 {
        let hops = world.hops(SITE, job).await;
        if hops.iter().filter(|hop| *hop == name).count() >= count {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{name} was not recorded {count} times: {:?}", world.hops(SITE, job).await);
}

/// When the next try is due, from now.
pub(crate) async fn next_wait(world: &World) -> Duration {
    world.store.next_due().await.unwrap().expect("a delivery waits").since(world.clock.now())
}

#[tokio::test]
async fn the_waits_grow_and_obey_the_site() {
    let world = World::new().await;
    let busy = Reply::status(429, "").header("retry-after", "600");
    let stub = site_that_answers(&world, vec![Reply::status(503, ""), busy, Reply::status(503, "")]).await;
    let deliverer = deliver(&world, settings());
    let job = world.answered(SITE, "Hello").await;
    deliverer.after(&world, Duration::ZERO);

    for (tries, shortest, longest) in [(1, 800, 1_000), (2, 600_000, 600_000), (3, 7_200, 9_000)] {
        waits_for_hops(&world, &job, "webhook.failed", tries).await;
        let wait = next_wait(&world).await;
        let range = Duration::from_millis(shortest)..=Duration::from_millis(longest);
        assert!(range.contains(&wait), "try {tries} waits {wait:?}");
        deliverer.after(&world, wait);
    }
    assert!(stub.count() >= 3);
}

#[tokio::test]
async fn a_site_with_plain_permalinks_is_reached_in_the_same_try() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![Reply::status(404, ""), Reply::status(200, "")]).await;
    let deliverer = deliver(&world, settings());

    let job = world.answered(SITE, "Hello").await;
    deliverer.after(&world, Duration::ZERO);
    waits_for_hops(&world, &job, "webhook.delivered", 1).await;

    let received = stub.received();
    let paths: Vec<&str> = received.iter().map(|webhook| webhook.path.as_str()).collect();
    assert_eq!(paths, ["/wp-json/ai/v1/webhook", "/?rest_route=/ai/v1/webhook"]);
    assert!(is_signed(&world, &received[1]));
}

#[tokio::test]
async fn a_delivery_is_given_up_after_its_day() {
    let world = World::new().await;
    let stub = site_that_answers(&world, vec![Reply::status(500, "")]).await;
    let deliverer = deliver(&world, settings());
    let job = world.answered(SITE, "Hello").await;
    deliverer.after(&world, Duration::ZERO);
    waits_for_hops(&world, &job, "webhook.failed", 1).await;

    deliverer.after(&world, Duration::from_hours(24));
    waits_for(&stub, 2).await;
    settled(&world).await;

    let hops = world.hops(SITE, &job).await;
    assert_eq!(hops.last().map(String::as_str), Some("webhook.given_up"), "{hops:?}");
}

#[tokio::test]
async fn a_site_that_hangs_is_left_and_does_not_hold_the_others_up() {
    let world = World::new().await;
    let hanging = Stub::start(vec![Reply::stream(vec![Step::Pause(Duration::from_mins(1))])]).await;
    world.add_site("hanging", &hanging.url).await;
    let stub = site_that_answers(&world, vec![Reply::status(200, "")]).await;
    for _ in 0..20 {
        world.answered("hanging", "Hello").await;
    }
    world.answered(SITE, "Hello").await;

    let settings = WebhooksConfig { timeout: Duration::from_secs(3), ..settings() };
    let _deliverer = deliver(&world, settings);
    let others = timeout(Duration::from_secs(2), waits_for(&stub, 1)).await;

    assert!(others.is_ok(), "the other site's webhook came before the first timeout");
    assert!(hanging.count() <= 2, "half of the places are for other sites");
    for _ in 0..100 {
        if waiting(&world).await == 20 {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("the delivery that was taken is still due");
}

#[tokio::test]
async fn a_drain_finishes_what_has_begun_and_leaves_the_rest() {
    let world = World::new().await;
    let slow = Reply::stream(vec![Step::Pause(Duration::from_millis(200)), Step::send("{}")]);
    let stub = site_that_answers(&world, vec![slow]).await;
    for _ in 0..4 {
        world.answered(SITE, "Hello").await;
    }
    let mut deliverer = deliver(&world, settings());
    waits_for(&stub, 1).await;

    deliverer.draining.cancel();
    let ended = timeout(Duration::from_secs(5), deliverer.tasks.join_next()).await;

    assert!(ended.is_ok());
    let begun = stub.count();
    let left = waiting(&world).await;
    assert_eq!(begun + left, 4, "{begun} were sent and written down, {left} wait");
    assert!(left >= 2, "one site gets half of the places");
}
