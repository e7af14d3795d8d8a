use std::sync::Arc;

use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use platen_core::wire::JobRef;
use platen_sidecar::jobs::store::{AfterFailure, Changed, Fenced, Orphans, WorkStore};

use super::Fixture;
use super::fixture::{OWNER, at, completed, failed_with, request, site, spec};

pub(crate) async fn a_leased_step_is_not_leased_twice(fixture: Fixture) {
    fixture.submit("one", 1, 10).await;
    fixture.lease_one(10).await;

    assert!(fixture.lease(10, 3_000).await.is_empty());
}

pub(crate) async fn a_worker_without_its_lease_changes_nothing(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let late = fixture.lease_one(10).await.lease;
    fixture.store.recover(at(50), Orphans::OfExpiredLease, 9).await.unwrap();
    let present = fixture.lease_one(50).await.lease;
    assert_eq!(present.attempt, 2);

    let store = &fixture.store;
    assert_eq!(store.renew(late.clone(), at(99)).await.unwrap(), Fenced::Stale);
    assert_eq!(store.append(late.clone(), "late".to_owned()).await.unwrap(), Fenced::Stale);
    assert_eq!(store.complete(late.clone(), at(51), completed()).await.unwrap().fenced(), Fenced::Stale);
    let dead = failed_with(AfterFailure::Dead);
    assert_eq!(store.fail(late.clone(), at(51), dead).await.unwrap().fenced(), Fenced::Stale);
    assert_eq!(store.give_back(late, at(51), at(51)).await.unwrap(), Fenced::Stale);
    assert_eq!(fixture.status(&job).await, JobStatus::Running);
    assert_eq!(fixture.deliveries(99).await.len(), 0);

    assert_eq!(store.complete(present.clone(), at(52), completed()).await.unwrap().fenced(), Fenced::Held);
    assert_eq!(
        store.complete(present, at(53), completed()).await.unwrap().fenced(),
        Fenced::Stale,
        "it ends once"
    );
    assert_eq!(fixture.deliveries(99).await.len(), 1);
}

pub(crate) async fn a_renewed_lease_does_not_expire(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;

    assert_eq!(fixture.store.renew(lease, at(100)).await.unwrap(), Fenced::Held);
    let found = fixture.store.recover(at(60), Orphans::OfExpiredLease, 9).await.unwrap();

    assert!(found.requeued.is_empty());
    assert_eq!(fixture.status(&job).await, JobStatus::Running);
}

pub(crate) async fn text_survives_the_attempt_that_received_it(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;
    for text in ["Hel", "lo ", "wor"] {
        assert_eq!(fixture.store.append(lease.clone(), text.to_owned()).await.unwrap(), Fenced::Held);
    }

    let next = AfterFailure::RetryAt(at(20));
    assert_eq!(fixture.store.fail(lease, at(11), failed_with(next)).await.unwrap().fenced(), Fenced::Held);

    let attempts = fixture.store.attempts(job.clone()).await.unwrap().unwrap();
    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!(attempt.error.as_ref().unwrap().code, ErrorCode::ProviderFailed);
    assert_eq!(attempt.partial_text.as_deref(), Some("Hello wor"));
    let snapshot = fixture.job(&job).await;
    let code = snapshot.error.unwrap().code;
    assert_eq!((snapshot.status, code), (JobStatus::Queued, ErrorCode::ProviderFailed));
    assert_eq!(WorkStore::next_due(&*fixture.store).await.unwrap(), Some(at(20)));
    assert!(fixture.lease(1, 19).await.is_empty(), "the retry is not due");
    assert_eq!(fixture.lease_one(20).await.failures, 1);
}

pub(crate) async fn usage_is_the_sum_of_all_attempts_and_a_replay_begins_a_new_life(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;
    let _ = fixture.store.fail(lease, at(11), failed_with(AfterFailure::Dead)).await.unwrap();
    assert_eq!(fixture.status(&job).await, JobStatus::Dead);

    let replayed = fixture.store.replay(job.clone(), at(40)).await.unwrap();
    let again = fixture.lease_one(40).await;
    let _ = fixture.store.complete(again.lease.clone(), at(41), completed()).await.unwrap();

    assert!(matches!(replayed, Changed::To(job) if job.error.is_none() && job.status == JobStatus::Queued));
    assert_eq!((again.failures, again.lease.attempt), (0, 2));
    let ended = fixture.job(&job).await;
    let usage = ended.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.cost_microusd, usage.is_estimate), (5, Some(7), true));
    assert_eq!((ended.status, ended.result.unwrap().text.as_str()), (JobStatus::Succeeded, "Yes."));
}

pub(crate) async fn only_a_dead_job_is_replayed_and_only_a_living_one_cancelled(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;

    assert!(matches!(fixture.store.replay(job.clone(), at(11)).await.unwrap(), Changed::Not(_)));
    let lease = fixture.lease_one(11).await.lease;
    assert!(matches!(fixture.store.replay(job.clone(), at(12)).await.unwrap(), Changed::Not(_)));
    assert!(matches!(fixture.store.cancel(job.clone(), at(12)).await.unwrap(), Changed::To(_)));
    assert!(matches!(fixture.store.cancel(job.clone(), at(13)).await.unwrap(), Changed::Not(_)));
    assert_eq!(fixture.store.complete(lease, at(14), completed()).await.unwrap().fenced(), Fenced::Stale);

    let other = JobRef { site: site("two"), job_id: job.job_id };
    assert_eq!(fixture.store.cancel(other, at(14)).await.unwrap(), Changed::NotFound);
}

pub(crate) async fn crashes_are_counted_and_too_many_are_poison(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    for crash in 1..=2 {
        fixture.lease_one(10 * crash).await;
        let orphans = Orphans::OfPreviousProcess { owner: OWNER.to_owned() };
        let found = fixture.store.recover(at(10 * crash + 1), orphans, 2).await.unwrap();
        assert_eq!((found.requeued.len(), found.poisoned.len()), if crash == 1 { (1, 0) } else { (0, 1) });
    }

    let dead = fixture.job(&job).await;
    assert_eq!((dead.status, dead.error.unwrap().code), (JobStatus::Dead, ErrorCode::Poison));
}

pub(crate) async fn a_step_that_was_given_back_has_no_blame(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;

    assert_eq!(fixture.store.give_back(lease, at(11), at(11)).await.unwrap(), Fenced::Held);
    assert_eq!(fixture.status(&job).await, JobStatus::Queued);

    let again = fixture.lease_one(11).await;
    assert_eq!((again.lease.attempt, again.failures), (2, 0));
    let orphans = Orphans::OfExpiredLease;
    let found = fixture.store.recover(at(100), orphans, 2).await.unwrap();
    assert_eq!(found.requeued.len(), 1, "this is its first crash");
}

pub(crate) async fn only_the_work_of_the_owner_is_taken_over(fixture: Fixture) {
    fixture.submit("one", 1, 10).await;
    let leased = fixture.store.lease(request("b", 1, 10), fixture.policy()).await.unwrap();
    assert_eq!(leased.jobs.len(), 1);

    let own = Orphans::OfPreviousProcess { owner: OWNER.to_owned() };
    assert!(fixture.store.recover(at(11), own, 9).await.unwrap().requeued.is_empty());
    let other = Orphans::OfPreviousProcess { owner: "b".to_owned() };
    assert_eq!(fixture.store.recover(at(11), other, 9).await.unwrap().requeued.len(), 1);
}

pub(crate) async fn a_queued_job_dies_at_its_deadline(fixture: Fixture) {
    let mut short = spec(1);
    short.deadline_ms = Some(5_000);
    fixture.keep("one", short, 10).await;
    let job = JobRef { site: site("one"), job_id: spec(1).id };
    assert_eq!(WorkStore::next_due(&*fixture.store).await.unwrap(), Some(at(15)));

    let leased = fixture.store.lease(request(OWNER, 1, 15), fixture.policy()).await.unwrap();

    assert!(leased.jobs.is_empty());
    assert_eq!(leased.expired, [(site("one"), spec(1).id)]);
    let dead = fixture.job(&job).await;
    assert_eq!((dead.status, dead.error.unwrap().code), (JobStatus::Dead, ErrorCode::DeadlineExceeded));
    assert_eq!(fixture.deliveries(99).await.len(), 1);
}

pub(crate) async fn a_replay_has_the_whole_deadline_again(fixture: Fixture) {
    let mut short = spec(1);
    short.deadline_ms = Some(5_000);
    fixture.keep("one", short, 10).await;
    let job = JobRef { site: site("one"), job_id: spec(1).id };
    fixture.lease(1, 100).await;

    assert!(matches!(fixture.store.replay(job, at(100)).await.unwrap(), Changed::To(_)));

    assert_eq!(fixture.lease_one(101).await.deadline, at(105));
}

pub(crate) async fn a_job_that_is_not_due_waits(fixture: Fixture) {
    let mut later = spec(1);
    later.run_at = Some(at(60));
    fixture.keep("one", later, 10).await;

    assert_eq!(WorkStore::next_due(&*fixture.store).await.unwrap(), Some(at(60)));
    assert!(fixture.lease(1, 59).await.is_empty());
    let policy = Arc::clone(&fixture.policy());
    let leased = fixture.store.lease(request(OWNER, 1, 60), policy).await.unwrap().jobs;
    assert_eq!((leased[0].due_at, leased[0].deadline), (at(60), at(3_660)), "its time counts from there");
}

pub(crate) async fn a_step_that_was_postponed_waits_without_blame(fixture: Fixture) {
    fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;

    assert_eq!(fixture.store.give_back(lease, at(11), at(40)).await.unwrap(), Fenced::Held);

    assert!(fixture.lease(1, 39).await.is_empty());
    let again = fixture.lease_one(40).await;
    assert_eq!((again.lease.attempt, again.failures, again.due_at), (2, 0, at(40)));
}
