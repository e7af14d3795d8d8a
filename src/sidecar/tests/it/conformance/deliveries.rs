use platen_sidecar::jobs::store::AfterFailure;
use platen_sidecar::webhooks::store::{Delivery, DeliveryFailure, DueFilter};

use super::Fixture;
use super::fixture::{at, completed, failed_with, site, spec};

pub(crate) async fn deliveries_are_fair_between_sites_and_told_once(fixture: Fixture) {
    for (owner, number) in [("one", 1), ("one", 2), ("one", 3), ("two", 4)] {
        let job = fixture.submit(owner, number, 10).await;
        fixture.store.cancel(job, at(10 + i64::from(number))).await.unwrap();
    }
    let due = async |now: i64, limit_per_site: usize, skip: &[&str]| {
        let skip_sites = skip.iter().map(|id| site(id)).collect();
        let filter = DueFilter { limit: 100, limit_per_site, skip_sites };
        fixture.store.due(at(now), filter).await.unwrap()
    };
    let owners = |found: &[Delivery]| found.iter().map(|found| found.site.to_string()).collect::<Vec<_>>();

    let fair = due(99, 2, &[]).await;
    assert_eq!(owners(&fair), ["one", "one", "two"]);
    assert_eq!(owners(&due(99, 9, &["one"]).await), ["two"]);
    assert_eq!(owners(&due(11, 9, &[]).await), ["one"], "the others are not due");

    let [first, second, ..] = &fair[..] else { panic!("two deliveries") };
    fixture.store.succeeded(first.id.clone(), at(100), 200).await.unwrap();
    let failure =
        DeliveryFailure { http_status: Some(503), error: "busy".to_owned(), next_at: Some(at(200)) };
    fixture.store.failed(second.id.clone(), at(100), failure).await.unwrap();

    assert_eq!(owners(&due(150, 9, &[]).await), ["one", "two"]);
    let again = due(200, 9, &["two"]).await;
    assert_eq!(again.iter().map(|found| found.attempt).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(again[1].id, second.id, "the id is the same over all tries");
    let given_up = DeliveryFailure { http_status: Some(410), error: "gone".to_owned(), next_at: None };
    fixture.store.failed(second.id.clone(), at(201), given_up).await.unwrap();
    assert_eq!(due(999, 9, &["two"]).await.len(), 1);
}

pub(crate) async fn each_end_has_an_event_of_its_own(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;
    let _ = fixture.store.fail(lease, at(11), failed_with(AfterFailure::Dead)).await.unwrap();
    fixture.store.replay(job, at(12)).await.unwrap();
    let lease = fixture.lease_one(12).await.lease;
    let _ = fixture.store.complete(lease, at(13), completed()).await.unwrap();

    let events = fixture.deliveries(99).await;

    let id = spec(1).id;
    let ids: Vec<_> = events.iter().map(|event| event.id.0.as_str()).collect();
    assert_eq!(ids, [format!("evt_{id}_1"), format!("evt_{id}_2")]);
    let kinds: Vec<_> = events
        .iter()
        .map(|event| serde_json::from_slice::<serde_json::Value>(&event.body).unwrap()["type"].clone())
        .collect();
    assert_eq!(kinds, ["job.dead", "job.succeeded"]);
}
