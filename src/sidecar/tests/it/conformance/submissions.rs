use futures_util::future::join_all;
use platen_core::job::JobStatus;
use platen_core::wire::{JobRef, Receipt};
use platen_sidecar::jobs::store::Submitted;

use super::Fixture;
use super::fixture::{at, chat, completed, new_job, site, spec};

fn receipt(submitted: Submitted) -> Receipt {
    match submitted {
        Submitted::Kept(receipt) => receipt,
        Submitted::Conflict { job_id } => panic!("a conflict with {job_id}"),
    }
}

pub(crate) async fn what_was_submitted_is_what_is_leased(fixture: Fixture) {
    fixture.submit("one", 1, 10).await;

    let leased = fixture.lease_one(12).await;

    let mut expected = spec(1);
    // The times of the present life stand in place of those that were asked for.
    (expected.run_at, expected.deadline_ms) = (Some(at(10)), Some(3_600_000));
    assert_eq!(leased.spec, expected);
    assert_eq!((leased.lease.attempt, leased.failures), (1, 0));
    assert_eq!((leased.deadline, leased.due_at), (at(3_610), at(10)));
}

pub(crate) async fn the_same_key_gives_the_same_job(fixture: Fixture) {
    let first = fixture.submit("one", 1, 10).await;
    let mut again = spec(2);
    "key-1".clone_into(&mut again.idempotency_key);

    let second = receipt(fixture.keep("one", again.clone(), 11).await);
    let other_site = receipt(fixture.keep("two", again, 11).await);

    assert_eq!((second.job_id, second.is_duplicate), (first.job_id, true));
    assert_eq!((other_site.job_id, other_site.is_duplicate), (spec(2).id, false), "keys are a site's own");
    assert_eq!(fixture.lease(10, 12).await.len(), 2);
}

pub(crate) async fn the_same_key_with_other_work_is_a_conflict(fixture: Fixture) {
    let first = fixture.submit("one", 1, 10).await;
    let mut again = spec(1);
    again.work = chat("another question");

    let outcome = fixture.keep("one", again, 11).await;

    assert_eq!(outcome, Submitted::Conflict { job_id: first.job_id });
}

pub(crate) async fn the_same_id_with_another_key_is_the_same_job_only_for_the_same_work(fixture: Fixture) {
    let first = fixture.submit("one", 1, 10).await;
    let mut again = spec(1);
    "another".clone_into(&mut again.idempotency_key);

    let same = receipt(fixture.keep("one", again.clone(), 11).await);
    let of_other_site = fixture.keep("two", again.clone(), 11).await;
    again.work = chat("another question");
    let other = fixture.keep("one", again, 11).await;

    assert!(same.is_duplicate);
    assert_eq!(of_other_site, Submitted::Conflict { job_id: first.job_id.clone() });
    assert_eq!(other, Submitted::Conflict { job_id: first.job_id });
}

pub(crate) async fn the_same_input_of_the_same_user_gives_the_running_job(fixture: Fixture) {
    let of = |number: u8, subject: Option<&str>| {
        let mut spec = spec(number);
        spec.subject = subject.map(str::to_owned);
        spec
    };
    let first = receipt(fixture.keep("one", of(1, Some("user:1")), 10).await);

    let same = receipt(fixture.keep("one", of(2, Some("user:1")), 12).await);
    let of_other_user = receipt(fixture.keep("one", of(3, Some("user:2")), 12).await);
    let of_other_site = receipt(fixture.keep("two", of(4, Some("user:1")), 12).await);
    let of_nobody = receipt(fixture.keep("one", of(5, None), 12).await);
    let of_nobody_again = receipt(fixture.keep("one", of(6, None), 12).await);

    assert_eq!((same.job_id, same.is_duplicate), (first.job_id, true));
    for other in [of_other_user, of_other_site, of_nobody, of_nobody_again] {
        assert!(!other.is_duplicate, "{other:?}");
    }
}

pub(crate) async fn the_same_input_counts_within_the_window_and_while_the_job_lives(fixture: Fixture) {
    let of = |number: u8| {
        let mut spec = spec(number);
        spec.subject = Some("user:1".to_owned());
        spec
    };
    fixture.keep("one", of(1), 10).await;
    let late = receipt(fixture.keep("one", of(2), 20).await);
    assert!(!late.is_duplicate, "ten seconds have passed");

    for leased in fixture.lease(10, 21).await {
        let _ = fixture.store.complete(leased.lease, at(21), completed()).await.unwrap();
    }
    let after_the_end = receipt(fixture.keep("one", of(3), 22).await);
    assert!(!after_the_end.is_duplicate, "what has ended answers nothing new");
}

pub(crate) async fn a_batch_is_kept_as_a_whole_and_answered_in_order(fixture: Fixture) {
    fixture.submit("one", 2, 10).await;
    let mut conflict = spec(2);
    conflict.work = chat("another question");
    let batch = vec![
        new_job("one", spec(1)),
        new_job("one", conflict),
        new_job("one", spec(2)),
        new_job("one", spec(3)),
    ];

    let outcomes = fixture.store.submit(batch, at(11)).await.unwrap();

    let seen: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Submitted::Kept(receipt) => (receipt.job_id.clone(), Some(receipt.is_duplicate)),
            Submitted::Conflict { job_id } => (job_id.clone(), None),
        })
        .collect();
    let (one, two, three) = (spec(1).id, spec(2).id, spec(3).id);
    assert_eq!(seen, [(one, Some(false)), (two.clone(), None), (two, Some(true)), (three, Some(false))]);
    assert_eq!(fixture.lease(10, 12).await.len(), 3);
}

/// Many callers share a transaction; none of them knows of the others.
pub(crate) async fn a_job_that_cannot_be_kept_takes_no_other_with_it(fixture: Fixture) {
    let owner = |number| if number % 10 == 5 { "nobody" } else { "one" };
    let submits = (1..=40).map(|number| {
        let mut spec = spec(number);
        spec.subject = Some(format!("user:{}", number % 7));
        spec.work = chat(&format!("question {number}"));
        fixture.store.submit(vec![new_job(owner(number), spec)], at(10))
    });

    let outcomes = join_all(submits).await;

    for (outcome, number) in outcomes.iter().zip(1..) {
        assert_eq!(outcome.is_ok(), owner(number) == "one", "{number}: {outcome:?}");
    }
    assert_eq!(fixture.lease(100, 11).await.len(), 36);
}

pub(crate) async fn another_site_s_job_is_not_found(fixture: Fixture) {
    let job = fixture.submit("one", 1, 10).await;
    let other = JobRef { site: site("two"), job_id: job.job_id.clone() };

    assert_eq!(fixture.store.snapshot(other.clone()).await.unwrap(), None);
    assert_eq!(fixture.store.trace(other.clone()).await.unwrap(), None);
    assert_eq!(fixture.store.attempts(other).await.unwrap(), None);
    assert_eq!(fixture.status(&job).await, JobStatus::Queued);
}
