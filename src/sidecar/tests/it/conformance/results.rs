//! Pages of results for sites that ask.

use platen_core::wire::JobRef;
use platen_sidecar::results::store::{PageRequest, TakenPage};
use platen_sidecar::webhooks::store::{DeliveryFailure, DeliveryFilter, DeliveryState};

use super::Fixture;
use super::fixture::{at, site, spec};

/// Ends jobs of these numbers, at the seconds of their numbers.
async fn end(fixture: &Fixture, numbers: &[u8]) {
    for number in numbers {
        let job = fixture.submit("one", *number, 1).await;
        fixture.store.cancel(job, at(i64::from(*number))).await.unwrap();
    }
}

fn event(number: u8) -> String {
    format!("evt_{}_1", spec(number).id)
}

async fn page(fixture: &Fixture, since: u64, limit: u32, max_bytes: usize) -> TakenPage {
    let request = PageRequest { site: site("one"), since, limit, max_bytes };
    fixture.store.take_page(request, at(50)).await.unwrap()
}

async fn take(fixture: &Fixture, since: u64, limit: u32) -> TakenPage {
    page(fixture, since, limit, usize::MAX).await
}

fn ids(page: &TakenPage) -> Vec<String> {
    page.events.iter().map(|(id, _)| id.clone()).collect()
}

pub(crate) async fn a_page_is_acknowledged_by_its_cursor_and_not_before(fixture: Fixture) {
    end(&fixture, &[1, 2, 3]).await;
    assert!(fixture.store.has_results(site("one")).await.unwrap());
    assert!(!fixture.store.has_results(site("two")).await.unwrap());

    let first = take(&fixture, 0, 2).await;
    assert_eq!((ids(&first), first.has_more, first.acknowledged), (vec![event(1), event(2)], true, 0));
    assert_eq!(fixture.deliveries(50).await.len(), 3, "what was handed out is still to be delivered");

    let second = take(&fixture, first.cursor, 2).await;
    assert_eq!((ids(&second), second.has_more, second.acknowledged), (vec![event(3)], false, 2));
    assert_eq!(fixture.deliveries(50).await.len(), 1, "what was acknowledged needs no webhook");

    let last = take(&fixture, second.cursor, 0).await;
    assert_eq!((ids(&last), last.acknowledged), (vec![], 1));
    assert!(!fixture.store.has_results(site("one")).await.unwrap());
    assert_eq!(take(&fixture, last.cursor, 9).await.events, []);
    let hops = fixture.hops(&JobRef { site: site("one"), job_id: spec(1).id }).await;
    assert_eq!(hops.last().map(String::as_str), Some("result.fetched"));
    let by_page = DeliveryFilter { delivery_id: Some(event(1)), ..DeliveryFilter::default() };
    let listed = fixture.store.deliveries(by_page, 9).await.unwrap().remove(0);
    assert_eq!((listed.state, listed.delivered_by.as_deref()), (DeliveryState::Delivered, Some("page")));
}

pub(crate) async fn a_page_that_was_lost_comes_again(fixture: Fixture) {
    end(&fixture, &[1, 2]).await;
    let lost = take(&fixture, 0, 9).await;

    let again = take(&fixture, 0, 1).await;

    assert_eq!(ids(&lost), [event(1), event(2)]);
    assert_eq!((ids(&again), again.has_more, again.acknowledged), (vec![event(1)], true, 0));
    let next = take(&fixture, again.cursor, 9).await;
    assert_eq!(
        (ids(&next), next.acknowledged),
        (vec![event(2)], 1),
        "the rest of the lost page is not acknowledged"
    );
    assert_eq!(
        take(&fixture, lost.cursor, 9).await.acknowledged,
        0,
        "nor by its own cursor, which is an old one"
    );
}

pub(crate) async fn what_a_webhook_delivered_is_on_no_page(fixture: Fixture) {
    end(&fixture, &[1, 2]).await;
    let taken = take(&fixture, 0, 9).await;
    let first = fixture.deliveries(50).await.remove(0).id;
    fixture.store.succeeded(first.clone(), at(50), 200).await.unwrap();

    let again = take(&fixture, 0, 9).await;
    let acknowledged = take(&fixture, again.cursor, 9).await.acknowledged;
    // The webhook that was under way when the page was acknowledged comes too late to count.
    fixture.store.succeeded(first, at(51), 200).await.unwrap();

    assert_eq!((taken.events.len(), ids(&again), acknowledged), (2, vec![event(2)], 1));
}

pub(crate) async fn what_was_given_up_can_still_be_asked_for(fixture: Fixture) {
    end(&fixture, &[1]).await;
    let id = fixture.deliveries(50).await.remove(0).id;
    let failure = DeliveryFailure { http_status: None, error: "planted".to_owned(), next_at: None };
    fixture.store.failed(id, at(50), failure).await.unwrap();

    let taken = take(&fixture, 0, 9).await;
    let acknowledged = take(&fixture, taken.cursor, 9).await.acknowledged;

    assert_eq!((ids(&taken), acknowledged), (vec![event(1)], 1));
}

pub(crate) async fn a_cursor_that_was_never_handed_out_acknowledges_nothing(fixture: Fixture) {
    end(&fixture, &[1]).await;

    let first = take(&fixture, 77, 9).await;
    let second = take(&fixture, 77, 9).await;

    assert_eq!((first.acknowledged, second.acknowledged), (0, 0));
    assert_eq!(ids(&second), [event(1)]);
}

pub(crate) async fn a_page_holds_what_fits(fixture: Fixture) {
    end(&fixture, &[1, 2, 3]).await;
    let bytes = take(&fixture, 0, 1).await.events[0].1.len();

    let one = page(&fixture, 0, 9, 1).await;
    let two = page(&fixture, 0, 9, 2 * bytes).await;

    assert_eq!((ids(&one), one.has_more), (vec![event(1)], true), "one is always there");
    assert_eq!((two.events.len(), two.has_more), (2, true));
}
