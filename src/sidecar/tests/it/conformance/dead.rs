use platen_core::code::ErrorCode;
use platen_core::job::{Cause, JobStatus};
use platen_core::wire::JobRef;
use platen_sidecar::jobs::store::{AfterFailure, DeadFilter};

use super::Fixture;
use super::fixture::{at, failed_by, site};

/// A job that died at this second of this.
async fn die(fixture: &Fixture, owner: &str, number: u8, now: i64, code: ErrorCode) -> JobRef {
    let job = fixture.submit(owner, number, now).await;
    let lease = fixture.lease_one(now).await.lease;
    let _ = fixture.store.fail(lease, at(now), failed_by(code, AfterFailure::Dead)).await.unwrap();
    job
}

async fn tell_all(fixture: &Fixture) {
    for delivery in fixture.deliveries(9_999).await {
        fixture.store.succeeded(delivery.id, at(9_999), 200).await.unwrap();
    }
}

pub(crate) async fn dead_letters_are_found_by_cause_time_and_site(fixture: Fixture) {
    let first = die(&fixture, "one", 1, 10, ErrorCode::ProviderFailed).await;
    let second = die(&fixture, "one", 2, 20, ErrorCode::ProviderTimeout).await;
    let third = die(&fixture, "two", 3, 30, ErrorCode::ProviderFailed).await;
    fixture.submit("one", 4, 40).await;
    let find = async |filter: DeadFilter| {
        let count = fixture.store.count_dead(filter.clone()).await.unwrap();
        let found = fixture.store.dead(filter, 10).await.unwrap();
        assert_eq!(found.len() as u64, count);
        found.into_iter().map(|letter| letter.job.snapshot.id).collect::<Vec<_>>()
    };

    let all = DeadFilter::default();
    let by_cause = DeadFilter { cause: Some(Cause::Provider5xx), ..all.clone() };
    let by_site = DeadFilter { site: Some(site("one")), ..all.clone() };
    let by_time = DeadFilter { since: Some(at(20)), until: Some(at(30)), ..all.clone() };
    let by_id = DeadFilter { job_id: Some(first.job_id.clone()), ..all.clone() };

    let (first, second, third) = (first.job_id, second.job_id, third.job_id);
    assert_eq!(find(all).await, [third.clone(), second.clone(), first.clone()], "the newest first");
    assert_eq!(find(by_cause).await, [third, first.clone()]);
    assert_eq!(find(by_site).await, [second.clone(), first.clone()]);
    assert_eq!(find(by_time).await, [second]);
    assert_eq!(find(by_id).await, [first]);
}

pub(crate) async fn attempts_keep_their_errors(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    for (second, code) in [(10, ErrorCode::ProviderTimeout), (20, ErrorCode::ProviderRateLimited)] {
        let lease = fixture.lease_one(second).await.lease;
        let next = AfterFailure::RetryAt(at(second + 10));
        let _ = fixture.store.fail(lease, at(second + 1), failed_by(code, next)).await.unwrap();
    }

    let attempts = fixture.store.attempts(job).await.unwrap().unwrap();

    let seen: Vec<_> = attempts
        .into_iter()
        .map(|attempt| {
            let outcome = attempt.outcome.unwrap();
            (
                attempt.step,
                attempt.attempt,
                attempt.began_at,
                attempt.ended_at,
                outcome,
                attempt.error.unwrap().code,
            )
        })
        .collect();
    let row = |number, began, code| {
        ("chat".to_owned(), number, at(began), Some(at(began + 1)), "failed".to_owned(), code)
    };
    assert_eq!(seen, [row(1, 10, ErrorCode::ProviderTimeout), row(2, 20, ErrorCode::ProviderRateLimited)]);
}

pub(crate) async fn replay_takes_what_the_filter_means(fixture: Fixture) {
    let first = die(&fixture, "one", 1, 10, ErrorCode::ProviderFailed).await;
    let second = die(&fixture, "one", 2, 20, ErrorCode::ProviderFailed).await;
    let other = die(&fixture, "one", 3, 30, ErrorCode::Poison).await;
    let filter = DeadFilter { cause: Some(Cause::Provider5xx), ..DeadFilter::default() };

    let one = fixture.store.replay_dead(filter.clone(), 1, at(50)).await.unwrap();
    let rest = fixture.store.replay_dead(filter, 10, at(51)).await.unwrap();

    assert_eq!((one, rest), (vec![first.job_id.clone()], vec![second.job_id]), "the oldest first");
    assert_eq!(fixture.status(&first).await, JobStatus::Queued);
    assert_eq!(fixture.status(&other).await, JobStatus::Dead);
    assert_eq!(fixture.lease(10, 52).await.len(), 2);
}

pub(crate) async fn drop_spares_what_is_still_to_be_told(fixture: Fixture) {
    let told = die(&fixture, "one", 1, 10, ErrorCode::ProviderFailed).await;
    tell_all(&fixture).await;
    let untold = die(&fixture, "one", 2, 20, ErrorCode::ProviderFailed).await;

    let dropped = fixture.store.drop_dead(DeadFilter::default(), 10).await.unwrap();

    assert_eq!(dropped, 1);
    assert_eq!(fixture.store.snapshot(told).await.unwrap(), None);
    assert_eq!(fixture.status(&untold).await, JobStatus::Dead);
}
