use std::sync::Arc;

use parking_lot::Mutex;
use platen_core::job::{JobId, Priority};
use platen_sidecar::jobs::schedule::Pick;
use platen_sidecar::jobs::store::{Orphans, Policy};

use super::Fixture;
use super::fixture::{OWNER, at, completed, request, spec};

/// Submits a job of this user.
async fn submit(fixture: &Fixture, site: &str, subject: &str, number: u8) -> JobId {
    let mut spec = spec(number);
    spec.subject = Some(subject.to_owned());
    spec.work = super::fixture::chat(&format!("question {number}"));
    let id = spec.id.clone();
    fixture.keep(site, spec, 10).await;
    id
}

/// Runs one job after the other; gives them in the order in which they were taken.
async fn run_all(fixture: &Fixture) -> Vec<JobId> {
    let mut order = Vec::new();
    for second in 11.. {
        let Some(leased) = fixture.lease(1, second).await.pop() else { break };
        order.push(leased.lease.job_id.clone());
        let _ = fixture.store.complete(leased.lease, at(second), completed()).await.unwrap();
    }
    order
}

pub(crate) async fn the_first_of_one_user_comes_first(fixture: Fixture) {
    let mut ids = Vec::new();
    for number in [3, 1, 2] {
        ids.push(submit(&fixture, "one", "u", number).await);
    }

    assert_eq!(run_all(&fixture).await, ids);
}

pub(crate) async fn a_user_with_many_jobs_delays_another_by_one(fixture: Fixture) {
    for number in 1..=20 {
        submit(&fixture, "one", "many", number).await;
    }
    let first = fixture.lease_one(11).await;
    let single = submit(&fixture, "one", "single", 99).await;
    let _ = fixture.store.complete(first.lease, at(11), completed()).await.unwrap();

    let order = run_all(&fixture).await;

    let place = order.iter().position(|id| *id == single).unwrap();
    assert!(place <= 1, "it came as number {place}");
}

pub(crate) async fn a_site_with_many_jobs_delays_another_by_one(fixture: Fixture) {
    for number in 1..=20 {
        submit(&fixture, "one", &format!("user:{number}"), number).await;
    }
    let first = fixture.lease_one(11).await;
    let single = submit(&fixture, "two", "user:1", 99).await;
    let _ = fixture.store.complete(first.lease, at(11), completed()).await.unwrap();

    assert_eq!(run_all(&fixture).await.first(), Some(&single));
}

pub(crate) async fn work_that_was_interrupted_goes_before_new_work(fixture: Fixture) {
    for number in 1..=3 {
        submit(&fixture, "one", "u", number).await;
    }
    let running = fixture.lease_one(11).await.lease.job_id;

    let orphans = Orphans::OfPreviousProcess { owner: OWNER.to_owned() };
    fixture.store.recover(at(12), orphans, 9).await.unwrap();

    assert_eq!(run_all(&fixture).await.first(), Some(&running));
}

pub(crate) async fn the_policy_sees_what_waits_and_what_runs(fixture: Fixture) {
    for number in 1..=5 {
        submit(&fixture, "one", "u", number).await;
    }
    let mut urgent = spec(9);
    urgent.priority = Priority::High;
    fixture.keep("two", urgent, 10).await;
    fixture.store.lease(request("b", 1, 11), take_first("one")).await.unwrap();
    let seen = Arc::new(Mutex::new(None));
    let policy: Policy = {
        let seen = Arc::clone(&seen);
        Arc::new(move |overview, _| {
            *seen.lock() = Some(overview.clone());
            Vec::new()
        })
    };

    let leased = fixture.store.lease(request(OWNER, 3, 12), policy).await.unwrap();

    assert!(leased.jobs.is_empty(), "nothing is taken that was not picked");
    let overview = seen.lock().take().unwrap();
    let mut rows: Vec<_> = overview
        .lanes
        .iter()
        .map(|lane| {
            let names = (lane.site.to_string(), lane.priority, lane.model.clone());
            (names, lane.waiting, lane.running, lane.running_here)
        })
        .collect();
    rows.sort();
    let names = |site: &str, priority| (site.to_owned(), priority, "default".to_owned());
    let expected = [(names("one", Priority::Standard), 3, 1, 0), (names("two", Priority::High), 1, 0, 0)];
    assert_eq!(rows, expected, "no more is counted than the free slots");
}

fn take_first(site: &'static str) -> Policy {
    Arc::new(move |overview, _| {
        let lane = overview.lanes.iter().find(|lane| lane.site.as_str() == site);
        lane.map(|lane| Pick { lane: lane.lane, count: 1 }).into_iter().collect()
    })
}
