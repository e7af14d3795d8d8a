use platen_core::budget::{BudgetPeriod, BudgetUnit};
use platen_core::code::ErrorCode;
use platen_core::job::JobStatus;
use platen_core::wire::{BudgetRequest, EndpointStatus, JobRef};
use platen_sidecar::budgets::{Period, Reserved};
use platen_sidecar::jobs::store::{AfterFailure, Changed, Content, DeadFilter, Fenced, PurgeRule};

use super::Fixture;
use super::fixture::{at, chat, completed, failed_with, site, spec};

async fn tell_all(fixture: &Fixture) {
    for delivery in fixture.deliveries(9_999).await {
        fixture.store.succeeded(delivery.id, at(12), 200).await.unwrap();
    }
}

pub(crate) async fn a_sweep_takes_what_is_old_and_settled_only(fixture: Fixture) {
    let told = fixture.submit("one", 1, 10).await;
    fixture.store.cancel(told.clone(), at(11)).await.unwrap();
    tell_all(&fixture).await;
    let untold = fixture.submit("one", 2, 10).await;
    fixture.store.cancel(untold.clone(), at(11)).await.unwrap();
    let living = fixture.submit("one", 3, 10).await;
    fixture.store.redeem(site("one"), "old".to_owned(), at(50), at(12)).await.unwrap();

    let early = fixture.store.sweep(at(40), at(11)).await.unwrap();
    let swept = fixture.store.sweep(at(60), at(30)).await.unwrap();

    assert_eq!((early.jobs, swept.jobs, swept.has_more), (0, 1, false));
    assert_eq!(fixture.store.snapshot(told).await.unwrap(), None);
    assert_eq!(fixture.status(&untold).await, JobStatus::Cancelled);
    assert_eq!(fixture.status(&living).await, JobStatus::Queued);
    let again = fixture.store.redeem(site("one"), "old".to_owned(), at(99), at(61)).await.unwrap();
    assert!(again, "the row of the expired token is gone");
}

pub(crate) async fn a_purge_takes_the_content_and_leaves_the_figures(fixture: Fixture) {
    let mut asked = spec(1);
    asked.subject = Some("user:1".to_owned());
    fixture.keep("one", asked, 10).await;
    let job = JobRef { site: site("one"), job_id: spec(1).id };
    let lease = fixture.lease_one(10).await.lease;
    let _ = fixture.store.complete(lease, at(11), completed()).await.unwrap();
    tell_all(&fixture).await;
    let rule = PurgeRule { site: None, except: Vec::new(), ended_before: at(50) };
    let spared = PurgeRule { except: vec![site("one")], ..rule.clone() };
    let early = PurgeRule { ended_before: at(11), ..rule.clone() };
    let of_other = PurgeRule { site: Some(site("two")), ..rule.clone() };

    for nothing in [spared, early, of_other] {
        assert_eq!(fixture.store.purge(nothing, 10, at(60)).await.unwrap(), 0);
    }
    let purged = fixture.store.purge(rule.clone(), 10, at(60)).await.unwrap();
    let again = fixture.store.purge(rule, 10, at(60)).await.unwrap();

    assert_eq!((purged, again), (1, 0));
    let left = fixture.job(&job).await;
    assert_eq!((left.status, left.result), (JobStatus::Succeeded, None));
    assert_eq!(left.usage.unwrap().input_tokens, 3);
}

pub(crate) async fn a_dead_job_without_its_content_is_not_replayed(fixture: Fixture) {
    let mut jobs = Vec::new();
    for (number, now) in [(1, 10), (2, 40)] {
        let job = fixture.submit("one", number, now).await;
        let lease = fixture.lease_one(now).await.lease;
        let _ = fixture.store.fail(lease, at(now), failed_with(AfterFailure::Dead)).await.unwrap();
        jobs.push(job);
    }
    tell_all(&fixture).await;
    let rule = PurgeRule { site: None, except: Vec::new(), ended_before: at(30) };
    assert_eq!(fixture.store.purge(rule, 10, at(60)).await.unwrap(), 1);
    let [purged, kept] = &jobs[..] else { panic!("{jobs:?}") };

    let refused = fixture.store.replay(purged.clone(), at(61)).await.unwrap();
    let replayable = DeadFilter { content: Content::Kept, ..DeadFilter::default() };
    let counted = fixture.store.count_dead(replayable.clone()).await.unwrap();
    let listed = fixture.store.dead(replayable, 10).await.unwrap();
    let all = fixture.store.dead(DeadFilter::default(), 10).await.unwrap();
    let replayed = fixture.store.replay_dead(DeadFilter::default(), 10, at(61)).await.unwrap();

    assert!(matches!(refused, Changed::Not(job) if job.status == JobStatus::Dead));
    assert_eq!((counted, listed.len(), all.len()), (1, 1, 2));
    assert_eq!(replayed, std::slice::from_ref(&kept.job_id));
    let left = fixture.job(purged).await.error.unwrap();
    assert_eq!((left.code, left.message.as_str()), (ErrorCode::ProviderFailed, ""));
}

pub(crate) async fn an_erasure_takes_the_budgets_of_the_subject(fixture: Fixture) {
    let period = Period { began_at: at(0), ends_at: at(86_400) };
    let reserve = async |site_id: &str, key: &str| {
        let request = BudgetRequest {
            site: site(site_id),
            key: key.to_owned(),
            unit: BudgetUnit::Tokens,
            period: BudgetPeriod::Day,
            limit: 10,
            amount: 10,
            reservation_id: format!("{site_id}-{key}"),
            ttl_s: 3_600,
        };
        match fixture.store.reserve(request, period, at(10)).await.unwrap() {
            Reserved::Decided(reservation) => reservation.is_duplicate,
            Reserved::Conflict => panic!("no other has this id"),
        }
    };
    let owners = [("one", "user:1"), ("one", "user:11"), ("two", "user:1")];
    for (owner, key) in owners {
        assert!(!reserve(owner, key).await);
    }

    let erased = fixture.store.erase(site("one"), "user:1".to_owned(), 10).await.unwrap();

    assert_eq!((erased.budgets, erased.jobs.len()), (1, 0));
    let mut is_there = Vec::new();
    for (owner, key) in owners {
        is_there.push(reserve(owner, key).await);
    }
    assert_eq!(is_there, [false, true, true]);
}

pub(crate) async fn an_erasure_takes_one_subject_only(fixture: Fixture) {
    for (number, subject) in [(1, "user:1"), (2, "user:1"), (3, "user:11")] {
        let mut asked = spec(number);
        asked.subject = Some(subject.to_owned());
        asked.work = chat(&format!("question {number}"));
        fixture.keep("one", asked, 10).await;
    }
    let mut asked = spec(4);
    asked.subject = Some("user:1".to_owned());
    fixture.keep("two", asked, 10).await;
    let running = fixture.lease_one(11).await;

    let mut erased = fixture.store.erase(site("one"), "user:1".to_owned(), 1).await.unwrap().jobs;
    let rest = fixture.store.erase(site("one"), "user:1".to_owned(), 10).await.unwrap();
    assert!(!rest.has_more);
    erased.extend(rest.jobs);
    erased.sort();

    assert_eq!(erased, [spec(1).id, spec(2).id]);
    let late = fixture.store.complete(running.lease.clone(), at(12), completed()).await.unwrap().fenced();
    let expected = if erased.contains(&running.lease.job_id) { Fenced::Stale } else { Fenced::Held };
    assert_eq!(late, expected);
    for (owner, number, is_there) in
        [("one", 1, false), ("one", 2, false), ("one", 3, true), ("two", 4, true)]
    {
        let job = JobRef { site: site(owner), job_id: spec(number).id };
        assert_eq!(fixture.store.snapshot(job).await.unwrap().is_some(), is_there, "{number}");
    }
}

pub(crate) async fn a_probe_writes_and_leaves_nothing_that_stays(fixture: Fixture) {
    fixture.store.probe().await.unwrap();
    fixture.store.probe().await.unwrap();

    let swept = fixture.store.sweep(at(10), at(0)).await.unwrap();

    assert_eq!(swept.leftovers, 1);
}

pub(crate) async fn a_token_is_used_once(fixture: Fixture) {
    let redeem =
        async |owner| fixture.store.redeem(site(owner), "jti".to_owned(), at(120), at(10)).await.unwrap();

    assert!(redeem("one").await);
    assert!(!redeem("one").await);
    assert!(redeem("two").await, "another site's token is another token");
}

pub(crate) async fn results_of_a_site_without_webhooks_go_with_their_jobs(fixture: Fixture) {
    for number in [1, 2] {
        let job = fixture.submit("one", number, 10).await;
        fixture.store.cancel(job, at(10 + i64::from(number))).await.unwrap();
    }
    fixture.store.set_endpoint(site("one"), EndpointStatus::Off, at(12)).await.unwrap();

    let early = fixture.store.sweep(at(60), at(11)).await.unwrap().jobs;
    assert!(fixture.store.has_results(site("one")).await.unwrap(), "they stay until their retention");
    let one = fixture.store.sweep(at(60), at(12)).await.unwrap().jobs;
    let rule = PurgeRule { site: None, except: Vec::new(), ended_before: at(50) };
    let purged = fixture.store.purge(rule, 10, at(60)).await.unwrap();

    assert_eq!((early, one, purged), (0, 1, 1));
    assert!(!fixture.store.has_results(site("one")).await.unwrap(), "nothing is left to tell");
    fixture.store.set_endpoint(site("one"), EndpointStatus::On, at(61)).await.unwrap();
    assert_eq!(fixture.deliveries(99).await.len(), 0);
}
