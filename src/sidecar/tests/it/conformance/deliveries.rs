use platen_core::wire::{EndpointStatus, JobRef};
use platen_sidecar::jobs::store::AfterFailure;
use platen_sidecar::webhooks::store::{
    Delivery, DeliveryFailure, DeliveryFilter, DeliveryState, DeliveryStore, DueFilter, Replayed,
};

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

/// Ends a job of this number in a conversation, at the second of its number.
async fn end_in(fixture: &Fixture, number: u8, conversation: Option<&str>) -> JobRef {
    let mut asked = spec(number);
    asked.conversation = conversation.map(str::to_owned);
    let job = JobRef { site: site("one"), job_id: asked.id.clone() };
    fixture.keep("one", asked, 1).await;
    fixture.store.cancel(job.clone(), at(i64::from(number))).await.unwrap();
    job
}

fn event(number: u8) -> String {
    format!("evt_{}_1", spec(number).id)
}

async fn due_now(fixture: &Fixture, now: i64) -> Vec<String> {
    fixture.deliveries(now).await.into_iter().map(|delivery| delivery.id.0).collect()
}

fn retry_at(seconds: i64) -> DeliveryFailure {
    DeliveryFailure { http_status: Some(500), error: "planted".to_owned(), next_at: Some(at(seconds)) }
}

pub(crate) async fn a_conversation_is_told_in_its_order_and_holds_no_other_up(fixture: Fixture) {
    for (number, conversation) in [(1, Some("a")), (2, Some("a")), (3, Some("b")), (4, None), (5, Some("a"))]
    {
        end_in(&fixture, number, conversation).await;
    }
    assert_eq!(due_now(&fixture, 10).await, [event(1), event(3), event(4)]);

    let first = fixture.deliveries(10).await.remove(0).id;
    fixture.store.failed(first.clone(), at(10), retry_at(100)).await.unwrap();
    assert_eq!(due_now(&fixture, 20).await, [event(3), event(4)], "what comes later waits for the retry");

    fixture.store.succeeded(first, at(100), 200).await.unwrap();
    assert_eq!(due_now(&fixture, 100).await, [event(2), event(3), event(4)]);
    let second = fixture.deliveries(100).await.remove(0).id;
    let given_up = DeliveryFailure { next_at: None, ..retry_at(0) };
    fixture.store.failed(second, at(101), given_up).await.unwrap();
    assert_eq!(due_now(&fixture, 101).await, [event(3), event(4), event(5)], "given up is told as well");
}

pub(crate) async fn a_site_that_is_gone_gets_nothing_until_it_is_turned_on(fixture: Fixture) {
    end_in(&fixture, 1, None).await;
    end_in(&fixture, 2, None).await;
    let first = fixture.deliveries(10).await.remove(0).id;

    fixture.store.endpoint_gone(first, at(10), 410).await.unwrap();

    let report = fixture.store.endpoint(site("one")).await.unwrap().unwrap();
    assert_eq!((report.status, report.since, report.waiting), (EndpointStatus::Gone, Some(at(10)), 2));
    assert!(report.last_error.unwrap().contains("410"));
    assert_eq!(due_now(&fixture, 99).await, [""; 0]);
    assert_eq!(DeliveryStore::next_due(&*fixture.store).await.unwrap(), None);
    let all = fixture.store.endpoints().await.unwrap();
    assert_eq!((&all[1].0, all[1].1.status, all[1].1.since), (&site("two"), EndpointStatus::On, None));
    assert_eq!(fixture.store.endpoint(site("none")).await.unwrap(), None);

    assert!(fixture.store.set_endpoint(site("one"), EndpointStatus::On, at(20)).await.unwrap());
    assert!(!fixture.store.set_endpoint(site("none"), EndpointStatus::On, at(20)).await.unwrap());
    assert_eq!(due_now(&fixture, 20).await, [event(2), event(1)]);
}

pub(crate) async fn every_try_is_kept(fixture: Fixture) {
    let job = end_in(&fixture, 1, None).await;
    let id = fixture.deliveries(10).await.remove(0).id;
    fixture.store.failed(id.clone(), at(10), retry_at(11)).await.unwrap();
    fixture.store.succeeded(id.clone(), at(12), 204).await.unwrap();

    let tries = fixture.store.tries(id.0.clone()).await.unwrap().unwrap();
    let filter = DeliveryFilter { job_id: Some(job.job_id), ..DeliveryFilter::default() };
    let listed = fixture.store.deliveries(filter.clone(), 10).await.unwrap();

    let told: Vec<_> = tries
        .iter()
        .map(|one| (one.attempt, one.at, one.outcome.as_str(), one.http_status, one.error.as_deref()))
        .collect();
    assert_eq!(
        told,
        [(1, at(10), "failed", Some(500), Some("planted")), (2, at(12), "delivered", Some(204), None),]
    );
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].id.as_str(), listed[0].state, listed[0].tries),
        (&*id.0, DeliveryState::Delivered, 2)
    );
    assert_eq!(listed[0].delivered_by.as_deref(), Some("webhook"));
    for nothing in [
        DeliveryFilter { state: Some(DeliveryState::Waiting), ..filter.clone() },
        DeliveryFilter { site: Some(site("two")), ..filter.clone() },
        DeliveryFilter { since: Some(at(2)), ..filter.clone() },
        DeliveryFilter { until: Some(at(1)), ..filter.clone() },
        DeliveryFilter { delivery_id: Some("evt_none_1".to_owned()), ..filter },
    ] {
        assert_eq!(fixture.store.count_deliveries(nothing).await.unwrap(), 0);
    }
    assert_eq!(fixture.store.tries("evt_none_1".to_owned()).await.unwrap(), None);
}

pub(crate) async fn a_replay_tells_the_same_event_again(fixture: Fixture) {
    fixture.submit("one", 1, 1).await;
    let lease = fixture.lease_one(1).await.lease;
    let _ = fixture.store.complete(lease, at(2), completed()).await.unwrap();
    let before = fixture.deliveries(10).await.remove(0);
    fixture.store.succeeded(before.id.clone(), at(10), 200).await.unwrap();
    let all = DeliveryFilter::default();

    let replayed = fixture.store.replay_deliveries(all.clone(), 0, 10, at(20)).await.unwrap();
    let again = fixture.deliveries(20).await.remove(0);

    assert_eq!((replayed.replayed, replayed.untellable), (1, 0));
    assert_eq!((&again.id, &again.body), (&before.id, &before.body), "rebuilt byte for byte");
    assert_eq!((again.attempt, again.round_attempt, again.round_began_at), (2, 1, at(20)));
    let rest = fixture.store.replay_deliveries(all, replayed.last.unwrap(), 10, at(21)).await.unwrap();
    assert_eq!(rest, Replayed::default());
}
